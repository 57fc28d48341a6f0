/** A part of what is there to spend, in percent. */
export const Share = ({ value, onChange, disabled }: { value: number; onChange: (percent: number) => void; disabled?: boolean }) => (
  <div className="share">
    <input type="range" min="0" max="100" step="1" value={value} disabled={disabled} aria-label="Part of the available balance" aria-valuetext={`${value} percent`} onChange={event => onChange(Number(event.target.value))} />
    <div>{[25, 50, 75, 100].map(part => <button key={part} type="button" disabled={disabled} onClick={() => onChange(part)}>{part}%</button>)}</div>
  </div>
)
