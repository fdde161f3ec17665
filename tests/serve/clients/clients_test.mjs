// Usage: clients_test.mjs URL IMAGE CAPTION
// Tests a running `saccade serve` with a validator of OpenAPI and with OpenAI's client.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { Validator } from "@seriousme/openapi-schema-validator";
import OpenAI from "openai";

const [url, image, caption] = process.argv.slice(2);

const validator = new Validator();
const text = await (await fetch(`${url}/openapi.json`)).text();
const checked = await validator.validate(text);
assert.deepEqual(checked, { valid: true });
assert.equal(validator.version, "3.1");
validator.resolveRefs();  // throws if one leads nowhere

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none-is-needed", maxRetries: 0 });
const picture = `data:image/jpeg;base64,${(await readFile(image)).toString("base64")}`;
const ask = (link, more = {}) => client.chat.completions.create({
  model: "default",
  messages: [{ role: "user", content: [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url: link } }] }],
  ...more,
});
const answer = await ask(picture);
assert.equal(answer.choices[0].message.content, caption);
assert.equal(answer.choices[0].finish_reason, "stop");
const short = await ask(picture, { max_tokens: 2 });
assert.equal(short.choices[0].message.content.split(" ").length, 2);
assert.deepEqual((await client.models.list()).data.map((model) => model.id), ["default"]);
await assert.rejects(ask("https://example.com/a.jpg"), (error) => error.status === 400 && error.code === "bad_image");
await assert.rejects(ask("data:image/jpeg;base64,aGk="), (error) => error.status === 422);
console.log("ok");
