"""What a cache between people and the system may keep."""

from tests.web_rounds.world import World


def test_a_cache_never_keeps_a_session(world: World) -> None:
    round_ = world.round()
    notice = world.notice(round_, [world.nominee(round_)])
    browser = world.client("bureau_handler")
    world.pass_time(minutes=1)
    for path in ("/public/", f"/public/notices/{notice.id}"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers or "public" not in answer.headers["Cache-Control"], path
        world.pass_time(minutes=1)
