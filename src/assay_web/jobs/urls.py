"""Addresses of the operations page."""

from django.urls import URLPattern, path

from assay_web.jobs import views

app_name = "jobs"
urlpatterns: list[URLPattern] = [
    path("", views.operations, name="operations"),
    path("<slug:public_id>/retry", views.retry, name="retry"),
]
