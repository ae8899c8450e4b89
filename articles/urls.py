"""URLs of the site for readers. Hubs come last, because their pattern matches any first part."""

from django.urls import URLPattern, path

from articles.channels import feeds, sitemaps
from articles.channels.feed_formats import FORMATS
from articles.search.views import SearchView
from articles.site import views
from newsroom.page_cache import shared

app_name = "articles"


def _in_each_form(route: str, view: type[feeds.FeedView], *, name: str) -> list[URLPattern]:
    """Return a feed's URL patterns: ``<route>.rss`` named ``<name>_rss``, and so on."""
    return [
        path(
            f"{route}.{form}", shared(view.as_view(feed_format=form), "page"), name=f"{name}_{form}"
        )
        for form in FORMATS
    ]


urlpatterns = [
    path("", shared(views.HomeView.as_view()), name="home"),
    path("titles/<slug:slug>/", shared(views.TitleView.as_view(), "page"), name="title"),
    path("topics/<slug:slug>/", shared(views.TopicView.as_view(), "page"), name="topic"),
    path("authors/<slug:slug>/", shared(views.AuthorView.as_view(), "page"), name="author"),
    *_in_each_form("feeds/latest", feeds.LatestFeed, name="feed_latest"),
    *_in_each_form("feeds/hubs/<slug:slug>", feeds.HubFeed, name="feed_hub"),
    *_in_each_form("feeds/titles/<slug:slug>", feeds.TitleFeed, name="feed_title"),
    *_in_each_form("feeds/authors/<slug:slug>", feeds.AuthorFeed, name="feed_author"),
    path("robots.txt", shared(sitemaps.robots), name="robots"),
    path("sitemap.xml", shared(sitemaps.sitemap), name="sitemap"),
    path(
        "sitemap-<str:section>-<int:number>.xml",
        shared(sitemaps.sitemap_file),
        name="sitemap_file",
    ),
    path("news-sitemap.xml", shared(sitemaps.news_sitemap), name="news_sitemap"),
    # Shared without a query only.
    path("search/", shared(SearchView.as_view()), name="search"),
    path("share/<str:token>/", views.ShareView.as_view(), name="share"),
    path("<slug:slug>/", shared(views.HubView.as_view(), "page"), name="hub"),
    path("<slug:hub>/<slug:slug>/", shared(views.ArticleView.as_view()), name="article"),
]
