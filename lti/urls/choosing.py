"""What a teacher puts into a course (Deep Linking), and what links made by hand open."""

from django.urls import URLPattern, URLResolver, path

from lti.views import choosing as views
from lti.views import links

urlpatterns: list[URLPattern | URLResolver] = [
    path("choose/<uuid:selection_id>/", views.choose, name="choose"),
    path("choose/<uuid:selection_id>/new/", views.new, name="choose_new"),
    path("choose/<uuid:selection_id>/again/", views.again, name="choose_again"),
    path("choose/<uuid:selection_id>/take-out/", views.take_out, name="choose_take_out"),
    path("choose/<uuid:selection_id>/send/", views.send, name="choose_send"),
    path("choose/<uuid:selection_id>/sent/", views.sent, name="choose_sent"),
    path("choose/<uuid:selection_id>/cancel/", views.cancel, name="choose_cancel"),
    path("links/<uuid:cohort_id>/", links.links, name="links"),
    path("links/<uuid:cohort_id>/<int:link>/", links.link, name="bind_link"),
]
