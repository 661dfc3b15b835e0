"""Runs a payload as code, then says what it left in `answer`."""


def run(payload, channel):
    names = {"__name__": "__main__"}
    exec(compile(payload, "<payload>", "exec"), names)
    secret = channel.loaded()
    after = names.get("after")
    channel.send(after(secret) if after else names.get("answer"))
