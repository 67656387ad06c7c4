/** What a field's frame gives to the control within it. */
export interface ControlProps {
  id: string;
  invalid: boolean;
  describedBy: string | undefined;
}
