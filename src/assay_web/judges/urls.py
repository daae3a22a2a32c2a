"""Addresses of judges."""

from django.urls import URLPattern, path

from assay_web.judges import views

app_name = "judges"
urlpatterns: list[URLPattern] = [
    path("judges/", views.judge_list, name="list"),
    path("judges/new", views.new, name="new"),
    path("judges/try", views.try_it, name="try"),
    path("judges/<slug:public_id>/", views.judge, name="judge"),
    path("judges/<slug:public_id>/attack", views.attack, name="attack"),
    path("judges/<slug:public_id>/retire", views.retire, name="retire"),
    path("judges/<slug:public_id>/bring-back", views.bring_back, name="bring_back"),
    path("stages/<slug:public_id>/judges", views.choose, name="choose"),
    path("stages/<slug:public_id>/score-again", views.again_stage, name="again_stage"),
    path("results/sessions/<slug:public_id>/score-again", views.again_session, name="again_session"),
    path("results/sessions/<slug:public_id>/prompt", views.prompt, name="prompt"),
]
