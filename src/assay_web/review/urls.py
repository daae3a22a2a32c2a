"""Addresses of people's own ratings."""

from django.urls import URLPattern, path

from assay_web.review import views

app_name = "review"
urlpatterns: list[URLPattern] = [
    path("results/sessions/<slug:public_id>/rate", views.rate, name="rate"),
    path("results/sessions/<slug:public_id>/rate/draft", views.keep_draft, name="draft"),
]
