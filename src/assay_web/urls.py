"""All addresses of the site."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("assay_web.openings.urls")),
    path("", include("assay_web.authoring.urls")),
    path("", include("assay_web.session.urls")),
    path("", include("assay_web.scoring.urls")),
    path("", include("assay_web.review.urls")),
    path("", include("assay_web.judges.urls")),
    path("", include("assay_web.baselines.urls")),
    path("", include("assay_web.accounts.urls")),
    path("operations/", include("assay_web.jobs.urls")),
    path("audit/", include("assay_web.audit.urls")),
    path("account/", include("allauth.urls")),
]
