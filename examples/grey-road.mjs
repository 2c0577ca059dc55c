// A player of your own: steers CarRacing towards the grey of the road. `agent play --game carracing --policy
// ./examples/grey-road.mjs:60` looks at row 60 of the picture; 0 is its upper edge, the car stands near row 70.
import { definePolicy, simplePolicy } from 'vlm-game-agent/players';

export default definePolicy({
  name: 'grey-road',
  argument: { name: 'ROW', isRequired: false },
  description: 'steers towards the grey of the road',
  needs: ['pictures', 'named actions'],
  create: async (row = '60', { game }) => {
    const action = (name) => game.actions.findIndex((one) => one.name === name);
    const [left, right, gas, nothing] = ['left', 'right', 'gas', 'nothing'].map(action);
    return simplePolicy({
      id: 'grey-road',
      provenance: { row: Number(row) },
      // One player an episode; `step` counts its decisions, `frames` are its last pictures, oldest first.
      createPlayer:
        () =>
        ({ step, frames }) => {
          const { data, shape } = frames.at(-1); // bytes, [height, width, 3]
          let [sum, count] = [0, 0];
          for (let x = 0; x < shape[1]; x++) {
            const at = (Number(row) * shape[1] + x) * 3;
            const isGrey = Math.abs(data[at] - data[at + 1]) < 12 && data[at] > 80 && data[at] < 130;
            if (isGrey) [sum, count] = [sum + x, count + 1];
          }
          const offset = count === 0 ? 0 : sum / count - shape[1] / 2;
          if (Math.abs(offset) > 4) return { kind: 'action', action: offset < 0 ? left : right };
          return { kind: 'action', action: step % 3 === 0 || step < 20 ? gas : nothing };
        },
    });
  },
});
