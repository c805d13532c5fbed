"""The room's writing door: pull lower logs, have our own cosigned, serve as a witness, carry deltas, raise alarms."""

from yangguang.exchange.alarms import raise_alarm
from yangguang.exchange.asking import ask, newest_elsewhere
from yangguang.exchange.deltas import Delta, export_delta
from yangguang.exchange.level import GRACE_SECONDS, Cosigner, Level
from yangguang.exchange.monitoring import monitor
from yangguang.exchange.monitoring_types import LogReport, Monitoring, MonitorReport, Target
from yangguang.exchange.pulling import pull, resume
from yangguang.exchange.serving import Face, Server
from yangguang.exchange.web import Web

__all__ = [
    "GRACE_SECONDS",
    "Cosigner",
    "Delta",
    "Face",
    "Level",
    "LogReport",
    "MonitorReport",
    "Monitoring",
    "Server",
    "Target",
    "Web",
    "ask",
    "export_delta",
    "monitor",
    "newest_elsewhere",
    "pull",
    "raise_alarm",
    "resume",
]
