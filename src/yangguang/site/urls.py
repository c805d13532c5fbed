"""Every public address; see the design's list of addresses, stable for ever."""

from django.urls import include, path

urlpatterns = [path("", include("yangguang.portal.urls"))]
handler404 = "yangguang.portal.views.not_found"
handler500 = "yangguang.portal.views.server_error"
