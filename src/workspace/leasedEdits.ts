import type { EditDone, EditRefusal, FileEdits } from './fileEdits.ts';
import type { LeaseCall, Leases } from './leases.ts';

/** Changes of files as agents make them: beside each other, each as a call that may have to wait. */
export interface AgentEdits extends Pick<FileEdits, 'plan'> {
  readonly apply: (
    agentId: Parameters<FileEdits['apply']>[0],
    plan: Parameters<FileEdits['apply']>[1],
    call: LeaseCall,
  ) => ReturnType<FileEdits['apply']>;
}

/** Has every change wait for, or be refused because of, whoever else writes the file, as the rule of its run says. */
export function leasedEdits(edits: FileEdits, leases: Leases): AgentEdits {
  return {
    plan: async (agentId, pathText, request) => {
      const plan = await edits.plan(agentId, pathText, request);
      // Before a person is asked about a change that would be refused after the yes.
      return plan.ok ? (leases.refusal(agentId, plan.absolute, plan.display) ?? plan) : plan;
    },
    apply: async (agentId, plan, call): Promise<EditDone | EditRefusal> => {
      const lease = await leases.take(agentId, plan.absolute, plan.display, call);
      if (!lease.ok) {
        return lease;
      }
      let isKept = false;
      try {
        const done = await edits.apply(agentId, plan);
        // Whoever is shown what the one before it wrote makes its change again.
        isKept = done.ok || done.showed !== undefined;
        return done;
      } finally {
        if (!isKept) {
          lease.giveBack();
        }
      }
    },
  };
}
