const paths = {
  close: 'M6 6l12 12M18 6L6 18', search: 'M11 4a7 7 0 100 14 7 7 0 000-14zM16 16l5 5', star: 'M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.500 9.700l5.900-.8z',
  sun: 'M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M19 5l-1.400 1.400M6.400 17.600L5 19', moon: 'M20 14.500A8.500 8.500 0 019.500 4 8.500 8.500 0 1020 14.500z',
  user: 'M12 4a4 4 0 100 8 4 4 0 000-8zM4 20c1.500-3.500 4.500-5 8-5s6.500 1.500 8 5', chart: 'M4 19V5M4 19h16M8 15v-4M12 15V8M16 15v-6', wallet: 'M4 7h14a2 2 0 012 2v9a2 2 0 01-2 2H6a2 2 0 01-2-2zM4 7l11-3v3M16 13.500h.01',
  markets: 'M4 6h16M4 12h10M4 18h6', key: 'M15 4a5 5 0 11-4.600 7L4 17.500V20h3v-2h2v-2l1.500-1.500', coins: 'M9 5a5 5 0 100 10A5 5 0 009 5zM15 9.500a5 5 0 11-5 5', tool: 'M5 5h14v6H5zM5 15h14v4H5zM8 8h.01M8 17h.01',
  down: 'M6 9l6 6 6-6', edit: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3', bolt: 'M13 3L5 14h6l-1 7 8-11h-6z', copy: 'M9 9h10v10H9zM5 15V5h10', info: 'M12 4a8 8 0 100 16 8 8 0 000-16zM12 11v5M12 8h.01', menu: 'M4 7h16M4 12h16M4 17h16',
} as const

export type IconName = keyof typeof paths

/** Drawn in the colour of the text; never the only carrier of a meaning. */
export const Icon = ({ name, filled }: { name: IconName; filled?: boolean }) => (
  <svg className="glyph" viewBox="0 0 24 24" width="16" height="16" fill={filled ? 'currentColor' : 'none'} stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)
