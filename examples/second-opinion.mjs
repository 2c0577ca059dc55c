// The PAE-LaMM that is shipped for the game plays, and a service with an OpenAI-compatible address is asked what it
// would have answered to the same pictures. How far they agree is told on standard error:
//   agent play --game carracing --policy ./examples/second-opinion.mjs:http://127.0.0.1:8080/v1 --quiet 2>agreed.json
// With SIDE=96 in the environment the service is shown pictures of 96 by 96, for servers that would keep their shape.
import sharp from 'sharp';
import { buildPrompt } from 'vlm-game-agent/agent';
import { createPolicy, definePolicy } from 'vlm-game-agent/players';

export default definePolicy({
  name: 'second-opinion',
  argument: { name: 'URL', isRequired: true },
  description: 'plays as pae-lamm, and asks a service about the same pictures',
  needs: ['pictures', 'named actions'],
  create: async (url, { game }) => {
    const model = await createPolicy('pae-lamm', { game });
    const told = { decisions: 0, sameAnswer: 0, names: 0, meanDifference: 0, largestDifference: 0, otherwise: [] };
    return {
      id: 'second-opinion',
      provenance: model.provenance,
      needs: model.needs,
      begin: (start) => model.begin(start),
      end: (episode) => model.end(episode),
      act: async (situations, options) => {
        const answers = await model.act(situations, options);
        for (const [index, situation] of situations.entries())
          compare(told, game, answers[index], await ask(url, game, situation));
        return answers;
      },
      [Symbol.asyncDispose]: async () => {
        if (told.names > 0) told.meanDifference /= told.names;
        console.error(JSON.stringify(told, null, 1));
        await model[Symbol.asyncDispose]();
      },
    };
  },
});

/** What the service writes, and the log-probabilities of its first token. */
async function ask(url, game, situation) {
  const content = await Promise.all(
    buildPrompt(game, situation).segments.map(async (part) =>
      part.kind === 'text'
        ? { type: 'text', text: part.text }
        : { type: 'image_url', image_url: { url: await png(part.frame) } },
    ),
  );
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      messages: [{ role: 'user', content }],
      ...{ temperature: 0, max_tokens: 24, logprobs: true, top_logprobs: 20 },
    }),
  });
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
  const [choice] = (await response.json()).choices;
  return { raw: choice.message.content, first: choice.logprobs.content[0].top_logprobs };
}

async function png({ data, shape: [height, width, channels] }) {
  const side = Number(process.env.SIDE);
  const picture = sharp(data, { raw: { height, width, channels } });
  const shown = side ? picture.resize(side, side, { fit: 'fill', kernel: 'cubic' }) : picture;
  const bytes = await shown.png().toBuffer();
  return `data:image/png;base64,${bytes.toString('base64')}`;
}

/** Where nothing is written before the action, its name is one token, whose log-probabilities can be compared. */
function compare(told, game, ours, theirs) {
  told.decisions++;
  if (ours.raw === theirs.raw.trim()) told.sameAnswer++;
  else told.otherwise.push({ ours: ours.raw, theirs: theirs.raw });
  if (game.sights.length > 0) return;
  for (const [index, { name }] of game.actions.entries()) {
    const found = theirs.first.find(({ token }) => token === name);
    if (!found) continue;
    const difference = Math.abs(found.logprob - ours.scores[index]);
    told.names++;
    told.meanDifference += difference;
    told.largestDifference = Math.max(told.largestDifference, difference);
  }
}
