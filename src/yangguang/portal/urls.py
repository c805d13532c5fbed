"""The public's addresses, stable for ever."""

from django.urls import path, re_path

from yangguang.portal import (
    columns,
    downloads,
    logfiles,
    packages,
    records,
    searching,
    sitemaps,
    states,
    verifying,
    views,
)

__all__ = ["urlpatterns"]

_RECORD = r"^records/(?P<identifier>[a-z2-7]{26})(?:/r(?P<number>[1-9][0-9]{0,6}))?"

urlpatterns = [
    path("", views.home, name="home"),
    path("language/<str:code>", views.language, name="language"),
    path("robots.txt", views.robots),
    path("search", searching.search, name="search"),
    path("xxgk/<str:agency>/", columns.agency_home, name="agency"),
    path("xxgk/<str:agency>/guide/", columns.guide),
    path("xxgk/<str:agency>/rules/", columns.rules),
    path("xxgk/<str:agency>/statutory/", columns.statutory),
    path("xxgk/<str:agency>/statutory/<str:item>/", columns.item_list),
    path("xxgk/<str:agency>/annual-reports/", columns.annual_reports),
    path("xxgk/<str:agency>/request/", columns.request_entry),
    re_path(_RECORD + r"$", records.record_page, name="record"),
    re_path(r"^records/(?P<identifier>[a-z2-7]{26})/status\.json$", states.state),
    re_path(_RECORD + r"\.zip$", packages.package),
    re_path(_RECORD + r"\.tlog-proof$", downloads.rendition_proof),
    re_path(_RECORD + r"\.(?P<label>[a-z]{2,8})$", downloads.rendition),
    re_path(_RECORD + r"\.(?P<label>[a-z]{2,8})\.tlog-proof$", downloads.rendition_proof),
    re_path(_RECORD + r"/files/(?P<name>[^/]+)$", downloads.attachment),
    re_path(_RECORD + r"/(?P<label>meta|body|att\.[0-9]{1,2})$", downloads.component),
    re_path(_RECORD + r"/(?P<label>meta|body|att\.[0-9]{1,2})\.tlog-proof$", downloads.component_proof),
    path("verify", verifying.verify_page, name="verify"),
    path("verify/proofs/<str:digest>", verifying.proofs),
    path("log/checkpoint", logfiles.checkpoint),
    path("log/archive/<path:path>", logfiles.archived),
    path("log/policy", logfiles.policy),
    path("log/tile/<path:path>", logfiles.tile),
    path("sitemap.xml", sitemaps.sitemap_index),
    path("sitemap-<int:number>.xml", sitemaps.sitemap),
]
