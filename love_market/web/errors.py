"""Errors as answers: one map from class to status, one page, one JSON form."""

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from love_market.db.passing import is_passing
from love_market.errors import Denied, Invalid, LoveMarketError, NotFound, Refused, words

STATUS: dict[type[LoveMarketError], int] = {NotFound: 404, Denied: 403, Refused: 409, Invalid: 422}
TITLES = {
    400: words("填的内容不对"),
    401: words("请先登录"),
    403: words("不能这样做"),
    404: words("没有找到"),
    405: words("没有找到"),
    409: words("现在不能办"),
    413: words("文件太大"),
    422: words("填的内容不对"),
    500: words("程序出错了"),
    503: words("请稍等几秒"),
}
SENTENCES = {
    404: words("这个网址没有东西。请从首页重新进入。"),
    405: words("这个网址没有东西。请从首页重新进入。"),
    413: words("文件太大，最多 {megabytes} MB。请只留一张表，另存后再传。"),
    500: words("这一步没有做成，账本没有变。请再试一次；还不行，请告诉管理员。"),
    503: words("账本正在切换，请过几秒再按一次，同一笔不会记两次。"),
}
RETRY_AFTER_SECONDS = 3


def status_of(error: LoveMarketError) -> int:
    """Return the HTTP status of an error."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def sentence_of(error: LoveMarketError) -> str:
    """Return an error's sentence in the reader's language."""
    template = _(error.message)
    return template.format(**error.values) if error.values else template


def problem_of(error: LoveMarketError, **more: object) -> Response:
    """Return an error as problem details, with more beside them."""
    sentence, status = sentence_of(error), status_of(error)
    g.outcome = type(error).__name__
    response = _problem(status, _(TITLES.get(status, TITLES[500])), sentence, type(error).__name__, **more)
    response.status_code = status
    return response


def answer(status: int, sentence: str, code: str) -> Response:
    """Answer with the error page, or as JSON where the asker is a script."""
    title = _(TITLES.get(status, TITLES[500]))
    g.outcome = code
    if wants_json():
        response = _problem(status, title, sentence, code)
    else:
        try:
            page = render_template("web/error.html", title=title, sentence=sentence, status=status)
        except SQLAlchemyError as error:  # the page's head asks the database who is here
            if not is_passing(error):
                raise
            return not_now()
        response = make_response(page)
    response.status_code = status
    return response


def _problem(status: int, title: str, sentence: str, code: str, **more: object) -> Response:
    """Return problem details (RFC 9457): ``type`` names the kind of problem and leads nowhere."""
    response = jsonify(type=f"urn:love-market:{code}", title=title, status=status, detail=sentence, error=code, **more)
    response.mimetype = "application/problem+json"
    return response


def wants_json() -> bool:
    """Return whether the asker is a script."""
    is_device = request.path.startswith("/api/")
    return is_device or request.is_json or request.accept_mimetypes.best == "application/json"


def not_now() -> Response:
    """Answer that the database cannot be reached at the moment: 503, in words, with the time to ask again.

    Whether the write was booked is not known here; asking again with the same key finds out, and books it once. The
    page asks the database nothing; one that was only read is asked for again by the browser itself.
    """
    title, sentence = _(TITLES[503]), _(SENTENCES[503])
    g.outcome = "NotNow"
    if wants_json():
        response = _problem(503, title, sentence, "NotNow")
    else:
        # Not render_template: what the application offers to every page asks the database who is here.
        template = current_app.jinja_env.get_template("web/not_now.html")
        response = make_response(template.render(title=title, sentence=sentence))
        if request.method == "GET":
            response.headers["Refresh"] = str(RETRY_AFTER_SECONDS)
    response.status_code = 503
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def init_app(app: Flask) -> None:
    """Answer every error in the user's words."""

    @app.errorhandler(SQLAlchemyError)
    def _database(error: SQLAlchemyError) -> Response:
        if not is_passing(error):
            raise error
        return not_now()

    @app.errorhandler(LoveMarketError)
    def _ours(error: LoveMarketError) -> Response:
        return answer(status_of(error), sentence_of(error), type(error).__name__)

    @app.errorhandler(CSRFError)
    def _expired(_error: CSRFError) -> Response:
        return answer(409, _("页面开得太久，过期了。请返回上一页刷新，再来一次。"), "PageExpired")

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        status = error.code or 500
        template = _(SENTENCES.get(status, SENTENCES[500]))
        megabytes = (app.config["MAX_CONTENT_LENGTH"] or 0) // 1_048_576
        code = "TooLarge" if isinstance(error, RequestEntityTooLarge) else error.name.replace(" ", "")
        response = answer(status, template.format(megabytes=megabytes), code)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.allow.update(error.valid_methods)
        return response
