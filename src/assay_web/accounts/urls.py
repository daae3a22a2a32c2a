"""Addresses of a team's and a person's own pages, and of the ways in."""

from django.urls import URLPattern, path

from assay_web.accounts import door_views, views

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("team/", views.team, name="team"),
    path("team/invite", views.invite, name="invite"),
    path("team/new", views.found, name="found"),
    path("team/switch", views.switch_team, name="switch_team"),
    path("team/invitations/<slug:public_id>/revoke", views.revoke, name="revoke"),
    path("team/members/<slug:public_id>/role", views.change_role, name="change_role"),
    path("team/members/<slug:public_id>/remove", views.remove, name="remove"),
    path("profile/", views.profile, name="profile"),
    path("join/<str:token>", door_views.join, name="join"),
    path("sign-in/<str:token>", door_views.sign_in_link, name="sign_in_link"),
]
