"""Addresses of results."""

from django.urls import URLPattern, path

from assay_web.scoring import cohort_views, views

app_name = "scoring"

_SESSION = "results/sessions/<slug:public_id>/"

urlpatterns: list[URLPattern] = [
    path(_SESSION, views.result, name="result"),
    path(f"{_SESSION}progress", views.progress, name="progress"),
    path(f"{_SESSION}record", views.record, name="record"),
    path(f"{_SESSION}json", views.line, name="json"),
    path(f"{_SESSION}pdf", views.report, name="pdf"),
    path(f"{_SESSION}release", views.release, name="release"),
    path(f"{_SESSION}withdraw", views.withdraw, name="withdraw"),
    path(f"{_SESSION}rescore", views.rescore, name="rescore"),
    path("results/contests/<slug:public_id>/", views.contest_answer, name="contest_answer"),
    path("results/candidates/<slug:public_id>/", cohort_views.profile, name="profile"),
    path("results/candidates/<slug:public_id>/<slug:tab>/", cohort_views.profile, name="profile"),
    path("results/stages/<slug:public_id>/", cohort_views.stage_results, name="stage_results"),
    path("results/stages/<slug:public_id>/compare", cohort_views.compare, name="compare"),
    path("results/stages/<slug:public_id>/csv", cohort_views.stage_csv, name="csv"),
]
