"""The middleware that serves static files and media files."""

import os
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.http import HttpRequest, HttpResponseBase
from rcssmin import cssmin
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import NotARegularFileError, StaticFile
from whitenoise.storage import CompressedManifestStaticFilesStorage


def minify_css(css: bytes) -> bytes:
    """Return a style sheet with the same rules, without comments and unnecessary white space."""
    minified: bytes = cssmin(css)
    return minified


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed static files; JavaScript modules import the hashed names.

    So a page never mixes modules of two releases, and browsers may cache every module for good.
    Style sheets are minified when they are collected.
    """

    support_js_module_import_aggregation = True

    def _save(self, name: str, content: File[Any]) -> str:
        if name.endswith(".css"):
            content.seek(0)  # it may have been read for its hash
            content = ContentFile(minify_css(content.read()))
        saved: str = super()._save(name, content)
        return saved


class FilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise's middleware, which finds static files at the start, with media files added.

    Media files are uploaded later, so each is looked up when it is requested. Django's
    ``SecurityMiddleware``, which stands before this one, adds
    ``X-Content-Type-Options: nosniff``.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        file = self._media_file(request.path_info)
        if file is None:
            return super().__call__(request)  # type: ignore[no-any-return]
        response: HttpResponseBase = self.serve(file, request)
        return response

    def _media_file(self, url: str) -> StaticFile | None:
        prefix = settings.MEDIA_URL
        # A canonical address has no “..”, and no second slash, which would begin at the root.
        if not url.startswith(prefix) or not self.url_is_canonical(url):
            return None
        try:
            return self.get_static_file(os.path.join(settings.MEDIA_ROOT, url[len(prefix) :]), url)
        except NotARegularFileError:
            return None

    def immutable_file_test(self, path: Any, url: str) -> bool:
        """Return whether a file may be cached for ever; media files never change."""
        return url.startswith(settings.MEDIA_URL) or bool(super().immutable_file_test(path, url))
