import type { Component } from 'svelte';

/** One thing that a menu offers. */
export interface MenuItem {
  label: string;
  icon?: Component<{ size?: number; 'aria-hidden'?: 'true' }>;
  /** Keys that do the same, as shown. */
  keys?: string;
  danger?: boolean;
  /** Why it cannot be done now. */
  blocked?: string | undefined;
  run: () => void;
}
