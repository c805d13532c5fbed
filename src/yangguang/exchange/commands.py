"""The room's writing door: pull lower logs, have our own log cosigned, carry deltas, raise alarms."""

from yangguang.exchange.alarms import raise_alarm
from yangguang.exchange.level import Cosigner, Level
from yangguang.exchange.pulling import pull, resume
from yangguang.exchange.web import Web

__all__ = ["Cosigner", "Level", "Web", "pull", "raise_alarm", "resume"]
