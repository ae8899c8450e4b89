"""
The permissions of the admin: one table of who may do what.

A key is an address' name in the namespace ``admin``, or its route if it has no name; braces hold
alternatives. Square brackets hold a variant: a transition, bulk action, lookup, app or kind of row.
Below a key there is a line for each method, with an outcome in each column:

    out      not logged in; an account that was deactivated; an account that is not staff
    bare     staff without any permission
    own      a writer, with the writer's own article
    foreign  a writer, with a colleague's article; ``=`` where rows have no owner
    view     may view everything (``view_*``, ``edit_any_article``) except subscribers' addresses
    editor   the group Editors
    super    a superuser

The last three columns are tested with the colleague's article. Outcomes:

    ok       200, and nothing has changed
    done     200 or a redirect, and the database has changed
    login    a redirect to the login page     index  a redirect to the index, as for a missing row
    away     a redirect elsewhere, no change  400, 403, 404, 405: that status, no change

Only ``done`` may change anything; GET, HEAD and OPTIONS may never. HEAD, OPTIONS and the methods
that no browser sends (PUT, PATCH, DELETE) have the outcome of GET unless they have a line of
their own: Django's admin distinguishes GET and POST only. An address is tested with all methods
(of those that no browser sends, one per column, in turns), its other variants only with those
that have a line. Every POST sends data that would be accepted from a user with the permission.
``!`` after an outcome marks one that is required but not the case yet; the line must say why.
"""

import itertools
import re

COLUMNS = ("out", "bare", "own", "foreign", "view", "editor", "super")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
#: Methods that no browser sends.
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
# Any other address below admin/.
(?P<url>.*)$
    GET,POST                 login   404    404    =      404    404    404


# The user's own account. The answers don't reveal accounts: an inactive account, one that is not
# staff and one that does not exist get the form again.

login
    GET                      ok      index  index  =      index  index  index
    # Django shows the form for every method but GET.
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


# Articles. For a writer a colleague's article does not exist: our own pages answer 404, and
# Django's redirect to the index with a message, as for a primary key that was never used.

articles_article_changelist
    GET,POST                 login   403    ok     =      ok     ok     ok
# “ok” is the list again: the action is not offered. “away” is the confirmation page.
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
# A writer deletes nothing, not even the writer's own draft.
articles_article_delete
    GET                      login   403    403    403    403    ok     ok
    POST                     login   403    403    403    403    done   done
# An article that readers have seen can't be deleted: the page says why.
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
    # Without a ticket it redirects to the form.
    GET                      login   404    away   404    403    away   away
    POST                     login   404    done   404    403    done   done

# The only transition that a writer may apply.
articles_article_transition[submit]
    GET                      login   404    ok     404    403    ok     ok
    POST                     login   404    done   404    403    done   done
articles_article_transition[{approve,send-back,publish,correct,schedule,cancel-schedule,expire,withdraw}]
    GET                      login   404    403    404    403    ok     ok
    POST                     login   404    403    404    403    done   done
articles_article_bulk[{approve,send-back,publish,withdraw}]
    GET                      login   404    403    404    403    ok     ok
    POST                     login   404    403    404    403    done   done


# Editions can be viewed; nobody adds, changes or deletes one.

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
    # Staff without permissions get the answer for an edition that does not exist.
    GET,POST                 login   index  ok     index  ok     ok     ok


# Photos: writers add them and change none, since other articles may use a photo.

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


# Titles, topics, authors and hubs: writers can view them.

articles_{title,topic,author}_changelist
    GET,POST                 login   403    ok     =      ok     ok     ok
articles_hub_changelist
    GET                      login   403    ok     =      ok     ok     ok
    # The order of the hubs is changed in the list.
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


# Polls: writers can view them, to choose one for an article. Editors do the rest; each transition
# and each download has its own permission.

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
# A poll with ballots can't be deleted.
polls_poll_delete[used]
    GET,POST                 login   403    403    =      403    403    403
polls_poll_history
    GET,POST                 login   403    ok     =      ok     ok     ok
polls_poll_{results,record,review}
    GET,POST                 login   404    ok     =      ok     ok     ok
polls_poll_{decide,decide_again}
    GET                      login   404    403    =      403    ok     ok
    POST                     login   404    403    =      403    done   done
# A download adds a line to the log, so it requires a POST.
polls_poll_{results,ballots}_csv
    GET                      login   404    403    =      403    405    405
    POST                     login   404    403    =      403    done   done
polls_poll_transition[{close,record,reopen,reword,archive,unarchive}]
    GET                      login   404    403    =      403    ok     ok
    POST                     login   404    403    =      403    done   done
polls_poll_bulk[{close,reopen,archive}]
    GET                      login   403    403    =      403    ok     ok
    POST                     login   403    403    =      403    done   done


# Newsletters: writers can view them, to choose one for an article. Editors write newsletters,
# policies and wordings, and act for readers who ask. Whole addresses and data about single persons
# are for the group Audience, which an administrator stands for here.

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
# A newsletter with sign-ups can't be deleted: the page says why.
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
# A version that has taken effect is read-only: a POST redirects back to it with a message.
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

# Nobody adds, changes or deletes a subscriber or an event of the ledger.
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
# All evidence, including the address.
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


# Lookups for forms. None finds articles; accounts require the permission to view accounts.

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


# A redirect to a row's page on the site, for users who may view the row.

view_on_site[{hub,title,topic,author,poll,newsletter}]
    GET,POST                 login   404    away   =      away   away   away
view_on_site[policyversion]
    GET,POST                 login   404    404    =      away   away   away
# An edition that goes live in 2090.
view_on_site[edition]
    GET                      login   404    away   404    away   away   away
# The address of a share link is secret.
view_on_site[sharelink]
    GET                      login   404    404    404    404    404    404


# Accounts, groups and background tasks are for administrators.

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


# Addresses from before Django 1.9 redirect to the form, which checks the permission.

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
    """Return key → method → column → outcome; raise ``ValueError`` for a malformed table."""
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
    """Return method → column → outcome for one key, with the implied methods.

    With a ``turn`` only one of the methods that no browser sends is included, a different one for
    each of three turns, if none of them has a line.
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
