"""The demo's articles as data; ``site`` holds what they refer to.

“All of Us Are Dead” exists. Every other title, person and place in these articles is invented.
"""

from articles.demo.texts import film, games, sci_fi

ARTICLES = (*sci_fi.ARTICLES, *film.ARTICLES, *games.ARTICLES)
