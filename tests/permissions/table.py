"""
Who may do what in the admin: the one table.

An address is a name in the namespace ``admin``, or a route where there is no name; braces
stand for several. In square brackets: which transition, bulk action, lookup, application or kind of
row. Below it a line a method, with an outcome for each column:

    out      not logged in; an account that was deactivated; one that is not staff
    bare     staff without any permission
    own      a writer, and what is the writer's own
    foreign  a writer, and what is a colleague's; ``=`` where nothing belongs to anybody
    view     may look at everything (``view_*``, ``edit_any_article``) but readers' addresses
    editor   the group Editors
    super    a superuser

The last three are tried on what is the colleague's. Outcomes:

    ok       200, and nothing has changed
    done     200 or a redirect, and the database has changed
    login    to the log-in                       index  to the desk, as for a row that is not there
    away     to another page, unchanged          400, 403, 404, 405: the status, unchanged

Only ``done`` may change anything; GET, HEAD and OPTIONS may never. HEAD, OPTIONS and the
methods that no browser sends (PUT, PATCH, DELETE) come out as GET where they have no line of
their own: Django's admin knows GET and POST only. An address is tried with all of them (those
that no browser sends in turns, a column each), its further variants in square brackets only
with those that have a line. Every POST sends what would be accepted from somebody who is
allowed to. ``!`` after an outcome: it is what ought to be, and not so yet; the line then has
to say why.
"""

import itertools
import re

COLUMNS = ("out", "bare", "own", "foreign", "view", "editor", "super")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
#: Those that no browser sends.
ODD = ("PUT", "PATCH", "DELETE")
OUTCOMES = {"ok", "done", "login", "index", "away", "400", "403", "404", "405"}

TABLE = """
                             out     bare   own    foreign view   editor super

index
    GET,POST                 login   ok     ok     =      ok     ok     ok
app_list[{articles,polls,newsletter}]
    GET,POST                 login   404    ok     =      ok     ok     ok
app_list[{auth,newsroom,django_tasks_database}]
    GET                      login   404    404    =      404    404    ok
# Whatever else stands below admin/.
(?P<url>.*)$
    GET,POST                 login   404    404    =      404    404    404


# The account one is logged in with. Nobody outside gets an answer that tells accounts apart:
# an inactive one, one that is not staff and none at all get the form again.

login
    GET                      ok      index  index  =      index  index  index
    # Django shows the form to whoever asks in another way than GET.
    HEAD,OPTIONS,PUT         ok      ok     ok     =      ok     ok     ok
    PATCH,DELETE             405     405    405    =      405    405    405
    POST                     ok      done   done   =      done   done   done
logout
    GET                      index   405    405    =      405    405    405
    OPTIONS                  index   ok     ok     =      ok     ok     ok
    POST                     index   done   done   =      done   done   done
password_change
    GET,OPTIONS,PUT          login   ok     ok     =      ok     ok     ok
    PATCH,DELETE             login   405    405    =      405    405    405
    POST                     login   done   done   =      done   done   done
{password_change_done,jsi18n}
    GET                      login   ok     ok     =      ok     ok     ok
    POST,PUT,PATCH,DELETE    login   405    405    =      405    405    405


# Articles. To a writer a colleague's article is not there: 404 from our own pages, the desk
# with a message from Django's, as for a number that was never given.

articles_article_changelist
    GET,POST                 login   403    ok     =      ok     ok     ok
# “ok” is the list again, without the action: it is not offered. “away” is the question.
articles_article_changelist[bulk_{approve,send_back,publish,withdraw}]
    POST                     login   403    ok     ok     ok     away   away
articles_article_changelist[delete_selected]
    POST                     login   403    ok     ok     ok     done   done
articles_article_add
    GET                      login   403    ok     =      403    ok     ok
    POST                     login   403    done   =      403    done   done
articles_article_change
    GET                      login   403    ok     index  ok     ok     ok
    POST                     login   403    done   index  403    done   done
# A writer deletes nothing, not even an own draft.
articles_article_delete
    GET                      login   403    403    403    403    ok     ok
    POST                     login   403    403    403    403    done   done
# What readers have seen stays, whoever asks: the page says what stands in the way.
articles_article_delete[used]
    GET                      login   403    403    403    403    ok     ok
    POST                     login   403    403    403    403    ok     ok
articles_article_{history,compare,as_seen,preview}
    GET,POST                 login   404    ok     404    ok     ok     ok
articles_article_restore
    GET                      login   404    ok     404    403    ok     ok
    POST                     login   404    done   404    403    done   done
articles_article_share
    GET                      login   404    ok     404    403    ok     ok
    POST                     login   404    done   404    403    done   done
articles_article_share[revoke]
    POST                     login   404    done   404    403    done   done
articles_article_clash
    # Without a ticket: to the form.
    GET                      login   404    away   404    403    away   away
    POST                     login   404    done   404    403    done   done

# The one transition that is a writer's.
articles_article_transition[submit]
    GET                      login   404    ok     404    403    ok     ok
    POST                     login   404    done   404    403    done   done
articles_article_transition[{approve,send-back,publish,correct,schedule,cancel-schedule,expire,withdraw}]
    GET                      login   404    403    404    403    ok     ok
    POST                     login   404    403    404    403    done   done
articles_article_bulk[{approve,send-back,publish,withdraw}]
    GET                      login   404    403    404    403    ok     ok
    POST                     login   404    403    404    403    done   done


# Editions can be looked at; nobody adds, changes or deletes one by hand.

articles_edition_changelist
    GET,POST                 login   403    ok     =      ok     ok     ok
articles_edition_changelist[delete_selected]
    POST                     login   403    ok     ok     ok     ok     ok
articles_edition_add
    GET,POST                 login   403    403    =      403    403    403
articles_edition_change
    GET                      login   403    ok     index  ok     ok     ok
    POST                     login   403    403    403    403    403    403
articles_edition_delete
    GET,POST                 login   403    403    403    403    403    403
articles_edition_history
    # Staff without permissions: as for an edition that is not there.
    GET,POST                 login   index  ok     index  ok     ok     ok


# Photos: writers add them and change none, for a photo is whoever's uses it.

articles_photo_changelist
    GET,POST                 login   403    ok     =      ok     ok     ok
articles_photo_changelist[delete_selected]
    POST                     login   403    ok     =      ok     done   done
articles_photo_add
    GET                      login   403    ok     =      403    ok     ok
    POST                     login   403    done   =      403    done   done
articles_photo_change
    GET                      login   403    ok     =      ok     ok     ok
    POST                     login   403    403    =      403    done   done
articles_photo_delete
    GET                      login   403    403    =      403    ok     ok
    POST                     login   403    403    =      403    done   done
articles_photo_history
    GET,POST                 login   403    ok     =      ok     ok     ok


# What articles are filed under: writers look it up.

articles_{title,topic,author}_changelist
    GET,POST                 login   403    ok     =      ok     ok     ok
articles_hub_changelist
    GET                      login   403    ok     =      ok     ok     ok
    # The order of the masthead, changed in the list.
    POST                     login   403    403    =      403    done   done
articles_{hub,title,topic,author}_changelist[delete_selected]
    POST                     login   403    ok     =      ok     done   done
articles_{hub,title,topic,author}_add
    GET                      login   403    403    =      403    ok     ok
    POST                     login   403    403    =      403    done   done
articles_{hub,title,topic,author}_change
    GET                      login   403    ok     =      ok     ok     ok
    POST                     login   403    403    =      403    done   done
articles_{hub,title,topic,author}_delete
    GET                      login   403    403    =      403    ok     ok
    POST                     login   403    403    =      403    done   done
articles_{hub,title,topic,author}_history
    GET,POST                 login   403    ok     =      ok     ok     ok


# Polls: writers look them up, for their articles; the rest is the editors', each
# transition and each download by a permission of its own.

polls_poll_changelist
    GET,POST                 login   403    ok     =      ok     ok     ok
polls_poll_changelist[bulk_{close,reopen,archive}]
    POST                     login   403    ok     =      ok     away   away
polls_poll_changelist[delete_selected]
    POST                     login   403    ok     =      ok     done   done
polls_poll_add
    GET                      login   403    403    =      403    ok     ok
    POST                     login   403    403    =      403    done   done
polls_poll_change
    GET                      login   403    ok     =      ok     ok     ok
    POST                     login   403    403    =      403    done   done
polls_poll_delete
    GET                      login   403    403    =      403    ok     ok
    POST                     login   403    403    =      403    done   done
# What anybody has voted in stays, whoever asks.
polls_poll_delete[used]
    GET,POST                 login   403    403    =      403    403    403
polls_poll_history
    GET,POST                 login   403    ok     =      ok     ok     ok
polls_poll_{results,record,review}
    GET,POST                 login   404    ok     =      ok     ok     ok
polls_poll_{decide,decide_again}
    GET                      login   404    403    =      403    ok     ok
    POST                     login   404    403    =      403    done   done
# A download leaves a line in the log, so it is a POST.
polls_poll_{results,ballots}_csv
    GET                      login   404    403    =      403    405    405
    POST                     login   404    403    =      403    done   done
polls_poll_transition[{close,record,reopen,reword,archive,bring-back}]
    GET                      login   404    403    =      403    ok     ok
    POST                     login   404    403    =      403    done   done
polls_poll_bulk[{close,reopen,archive}]
    GET                      login   403    403    =      403    ok     ok
    POST                     login   403    403    =      403    done   done


# Newsletters: writers look them up, for their articles. Editors write them, what is agreed to,
# and act for readers who ask; what is about whole addresses and single persons is the audience
# desk's, and here an administrator's.

newsletter_newsletter_changelist
    GET,POST                 login   403    ok     =      ok     ok     ok
newsletter_newsletter_changelist[delete_selected]
    POST                     login   403    ok     =      ok     done   done
newsletter_newsletter_add
    GET                      login   403    403    =      403    ok     ok
    POST                     login   403    403    =      403    done   done
newsletter_newsletter_change
    GET                      login   403    ok     =      ok     ok     ok
    POST                     login   403    403    =      403    done   done
newsletter_newsletter_delete
    GET                      login   403    403    =      403    ok     ok
    POST                     login   403    403    =      403    done   done
# What anybody has signed up to stays, whoever asks: the page says why.
newsletter_newsletter_delete[used]
    GET,POST                 login   403    403    =      403    ok     ok
newsletter_newsletter_history
    GET,POST                 login   403    ok     =      ok     ok     ok
newsletter_newsletter_numbers
    GET,POST                 login   404    ok     =      ok     ok     ok
newsletter_newsletter_subscribers_csv
    GET                      login   404    403    =      403    403    405
    POST                     login   404    403    =      403    403    done

newsletter_{policyversion,wording}_changelist
    GET,POST                 login   403    403    =      ok     ok     ok
newsletter_{policyversion,wording}_changelist[delete_selected]
    POST                     login   403    403    =      ok     done   done
newsletter_{policyversion,wording}_add
    GET                      login   403    403    =      403    ok     ok
    POST                     login   403    403    =      403    done   done
# What has taken effect is there to be read: back to it, with a message.
newsletter_{policyversion,wording}_change
    GET                      login   403    403    =      ok     ok     ok
    POST                     login   403    403    =      403    away   away
newsletter_{policyversion,wording}_change[coming]
    GET                      login   403    403    =      ok     ok     ok
    POST                     login   403    403    =      403    done   done
newsletter_{policyversion,wording}_delete
    GET                      login   403    403    =      403    ok     ok
    POST                     login   403    403    =      403    done   done
newsletter_{policyversion,wording}_delete[used]
    GET,POST                 login   403    403    =      403    403    403
newsletter_{policyversion,wording}_history
    GET,POST                 login   403    403    =      ok     ok     ok
newsletter_{policyversion,wording}_transition[withdraw]
    GET                      login   404    404    =      403    ok     ok
    POST                     login   404    404    =      403    done   done

# Nobody adds, changes or deletes a subscriber or an event of the ledger by hand.
newsletter_{subscriber,consentevent}_changelist
    GET,POST                 login   403    403    =      ok     ok     ok
newsletter_{subscriber,consentevent}_changelist[delete_selected]
    POST                     login   403    403    =      ok     ok     ok
newsletter_{subscriber,consentevent}_{add,delete}
    GET,POST                 login   403    403    =      403    403    403
newsletter_{subscriber,consentevent}_change
    GET                      login   403    403    =      ok     ok     ok
    POST                     login   403    403    =      403    403    403
newsletter_{subscriber,consentevent}_history
    GET,POST                 login   403    403    =      ok     ok     ok
# All of the evidence, the address in it.
newsletter_consentevent_json
    GET,POST                 login   404    404    =      403    403    ok
newsletter_subscriber_data
    GET                      login   404    404    =      403    403    405
    POST                     login   404    404    =      403    403    done
newsletter_subscriber_transition[{unsubscribe,resend}]
    GET                      login   404    404    =      403    ok     ok
    POST                     login   404    404    =      403    done   done
newsletter_subscriber_transition[{suppress,lift,erase}]
    GET                      login   404    404    =      403    403    ok
    POST                     login   404    404    =      403    403    done


# Lookups of forms. Nothing looks up articles; accounts only for who may see accounts.

autocomplete
    GET                      login   403    403    =      403    403    403
    POST,PUT,PATCH,DELETE    login   405    405    =      405    405    405
    OPTIONS                  login   ok     ok     =      ok     ok     ok
autocomplete[article.{hub,photo,topics}]
    GET                      login   403    ok     =      ok     ok     ok
autocomplete[{byline.author,articletitle.title,spoilerstartblock.title}]
    GET                      login   403    ok     =      ok     ok     ok
autocomplete[{photoblock,videoblock,title,author}.photo]
    GET                      login   403    ok     =      ok     ok     ok
autocomplete[{pollblock.poll,signupblock.newsletter,hub.newsletter}]
    GET                      login   403    ok     =      ok     ok     ok
autocomplete[author.user]
    GET                      login   403    403    =      403    403    ok


# From a row to its page on the site, for whoever may look at the row.

view_on_site[{hub,title,topic,author,poll,newsletter}]
    GET,POST                 login   404    away   =      away   away   away
view_on_site[policyversion]
    GET,POST                 login   404    404    =      away   away   away
# One that readers will get in 2090.
view_on_site[edition]
    GET                      login   404    away   404    away   away   away
# The address of a share link is its secret: nobody gets it here.
view_on_site[sharelink]
    GET                      login   404    404    404    404    404    404


# Accounts, groups and background work: an administrator's.

{newsroom_user,auth_group}_changelist
    GET,POST                 login   403    403    =      403    403    ok
{newsroom_user,auth_group}_changelist[delete_selected]
    POST                     login   403    403    =      403    403    done
{newsroom_user,auth_group}_{add,change,delete}
    GET                      login   403    403    =      403    403    ok
    POST                     login   403    403    =      403    403    done
auth_user_password_change
    GET                      login   403    403    =      403    403    ok
    POST                     login   403    403    =      403    403    done
{newsroom_user,auth_group}_history
    GET,POST                 login   403    403    =      403    403    ok
django_tasks_database_dbtaskresult_{changelist,history}
    GET,POST                 login   403    403    =      403    403    ok
django_tasks_database_dbtaskresult_changelist[delete_selected]
    POST                     login   403    403    =      403    403    ok
django_tasks_database_dbtaskresult_change
    GET                      login   403    403    =      403    403    ok
    POST                     login   403    403    =      403    403    403
django_tasks_database_dbtaskresult_{add,delete}
    GET,POST                 login   403    403    =      403    403    403


# Addresses of before Django 1.9: to the form, which decides.

articles/{article,edition}/<path:object_id>/
    GET,POST                 login   away   away   away   away   away   away
{articles/photo,articles/hub,articles/title,articles/topic,articles/author}/<path:object_id>/
    GET,POST                 login   away   away   =      away   away   away
polls/poll/<path:object_id>/
    GET,POST                 login   away   away   =      away   away   away
newsletter/{newsletter,policyversion,wording,subscriber,consentevent}/<path:object_id>/
    GET,POST                 login   away   away   =      away   away   away
{auth/group,newsroom/user,django_tasks_database/dbtaskresult}/<path:object_id>/
    GET,POST                 login   away   away   =      away   away   away
"""


def read(text=TABLE):
    """Key → method → column → outcome; raises ValueError for what can't be read."""
    lines = [line.partition("#")[0].rstrip() for line in text.splitlines()]
    lines = [line for line in lines if line]
    if not lines or tuple(lines[0].split()) != COLUMNS:
        raise ValueError("The table begins with the names of its columns.")
    declared, keys = {}, []
    for line in lines[1:]:
        if not line.startswith(" "):
            keys = _expanded(line)
            repeated = [key for key in keys if key in declared]
            if repeated:
                raise ValueError(f"Declared twice: {', '.join(repeated)}")
            declared |= {key: {} for key in keys}
            continue
        methods, *cells = line.split()
        for key, method in itertools.product(keys, methods.split(",")):
            declared[key][method] = _checked(key, method, cells)
    return declared


def _expanded(name):
    parts = [part.split(",") for part in re.split(r"[{}]", name)]
    return ["".join(choice) for choice in itertools.product(*parts)]


def _checked(key, method, cells):
    if method not in METHODS or len(cells) != len(COLUMNS):
        raise ValueError(f"{key} {method}: a method and {len(COLUMNS)} outcomes are wanted.")
    row = dict(zip(COLUMNS, cells, strict=True))
    plain = {cell.rstrip("!") for cell in cells}
    if plain - OUTCOMES - {"="} or "=" in {row[name] for name in COLUMNS if name != "foreign"}:
        raise ValueError(f"{key} {method}: {' '.join(cells)}")
    if "done" in plain and method != "POST":
        raise ValueError(f"{key} {method}: only POST may change anything.")
    return row


def outcomes(declared, key, turn=None):
    """Method → column → outcome for one key, with what goes without saying.

    With a ``turn`` only one of the methods that no browser sends, where none has a line: of
    three turns each has another one.
    """
    lines = declared[key]
    if "GET" not in lines:
        return lines
    implied = ["HEAD"]
    siblings = [other for other in declared if other.partition("[")[0] == key.partition("[")[0]]
    if key == siblings[0]:
        odd = [method for method in ODD if method not in lines]
        if turn is not None and len(odd) == len(ODD):
            odd = [ODD[turn % len(ODD)]]
        implied += ["OPTIONS", *odd]
    return {**{method: lines["GET"] for method in implied if method not in lines}, **lines}
