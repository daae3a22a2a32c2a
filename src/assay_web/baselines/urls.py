"""Addresses of baselines."""

from django.urls import URLPattern, path

from assay_web.baselines import views

app_name = "baselines"
urlpatterns: list[URLPattern] = [
    path("stages/<slug:public_id>/baseline", views.stage_baseline, name="stage"),
    path("stages/<slug:public_id>/baseline/run", views.run, name="run"),
    path("stages/<slug:public_id>/baseline/retry", views.retry, name="retry"),
    path("results/sessions/<slug:public_id>/rate-baseline", views.rate, name="rate"),
]
