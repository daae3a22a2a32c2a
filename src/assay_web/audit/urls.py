"""Addresses of the audit log."""

from django.urls import URLPattern, path

from assay_web.audit import views

app_name = "audit"
urlpatterns: list[URLPattern] = [path("", views.log, name="log")]
