// SPDX-License-Identifier: Apache-2.0
// Asking before an act that takes away or opens up: `if (await confirmAct({…})) …`.

/** The counting found that it cannot be done; the sentence says why. */
export interface Refusal {
  cannot: string;
}

export interface Question {
  title: string;
  /** One sentence with true counts; a promise while they are being counted on the server. */
  sentence: string | Promise<string | Refusal>;
  /** The verb on the button: "Suspend", "Delete". */
  act: string;
  danger?: boolean;
  /** A word that must be typed first: the technical name of what is deleted. */
  typed?: string;
}

interface Asked extends Question {
  answer: (yes: boolean) => void;
}

class ConfirmState {
  asked = $state.raw<Asked | null>(null);
}

export const confirmation = new ConfirmState();

/** Resolves to whether the user wants it. ConfirmDialog, mounted by the application, asks. */
export function confirmAct(question: Question): Promise<boolean> {
  confirmation.asked?.answer(false);
  return new Promise((resolve) => {
    confirmation.asked = {
      ...question,
      answer: (yes) => {
        confirmation.asked = null;
        resolve(yes);
      },
    };
  });
}
