"""What a user of the Python SDK does, unchanged but for base URL and key: prints one JSON document for the test to judge."""

import base64
import json
import os
import sys
import time

from openai import OpenAI

images, folder = sys.argv[1:3], sys.argv[3]
client = OpenAI()
seen = {}

messages = [{"role": "user", "content": "Say hello."}]
seen["chat"] = client.chat.completions.create(model="sandbox-text", messages=messages).choices[0].message.content

usage, pieces = None, []
for chunk in client.chat.completions.create(
    model="sandbox-text", messages=messages, stream=True, stream_options={"include_usage": True}
):
    pieces += [choice.delta.content for choice in chunk.choices if choice.delta.content]
    usage = chunk.usage or usage
seen["streamed"] = {"text": "".join(pieces), "pieces": len(pieces), "completion_tokens": usage.completion_tokens}

plain = client.chat.completions.create(model="sandbox-text", messages=messages, stream=True)
seen["plain_usage"] = [chunk.usage for chunk in plain if chunk.usage]

tools = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]
asked = client.chat.completions.create(model="sandbox-text", messages=messages, tools=tools, tool_choice="required")
call = asked.choices[0].message.tool_calls[0]
answered = client.chat.completions.create(
    model="sandbox-text",
    messages=[*messages, asked.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": "rain"}],
    tools=tools,
    tool_choice="none",
)
seen["tool"] = {
    "name": call.function.name,
    "arguments": json.loads(call.function.arguments),
    "answer": answered.choices[0].message.content,
}


def save(name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


made = client.images.generate(model="sandbox-image", prompt="A lighthouse.", size="512x512", response_format="b64_json")
edited = client.images.edit(
    model="sandbox-image",
    prompt="Both in one.",
    image=[open(image, "rb") for image in images],
    response_format="b64_json",
)
seen["generated"] = save("generated.png", base64.b64decode(made.data[0].b64_json))
seen["edited"] = save("edited.png", base64.b64decode(edited.data[0].b64_json))

video = client.videos.create(model="sandbox-video", prompt="A wave.", seconds="4")
deadline = time.monotonic() + 90
while video.status in ("queued", "in_progress") and time.monotonic() < deadline:
    time.sleep(0.5)
    video = client.videos.retrieve(video.id)
seen["video_status"] = video.status
seen["video"] = save("video.mp4", client.videos.download_content(video.id).read())

seen["embeddings"] = [len(entry.embedding) for entry in client.embeddings.create(model="sandbox-text", input=["one", "two"]).data]
seen["models"] = [model.id for model in client.models.list()]

print(json.dumps(seen))
