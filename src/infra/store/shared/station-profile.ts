import type { Facts } from '../../../domain/galaxy/facts.ts';
import type { StationProfile } from '../../../domain/spansh/records.ts';

const NAMES = ['body', 'services', 'economies'] as const;

/** @param row of `tdl_profile`; undefined: there is none */
export function profileOf(row: Readonly<Record<string, unknown>> | undefined): StationProfile {
  const told = NAMES.flatMap((name) => {
    const value = row?.[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return Object.fromEntries(told) as StationProfile;
}

export function profileOfFacts({ body, services, economies }: Facts): StationProfile {
  return { body: body?.[2], services: services?.[2], economies: economies?.[2] };
}

/** Whether what `tdl_profile` keeps is other than before. */
export function isProfileNews(before: Facts | undefined, after: Facts): boolean {
  return NAMES.some((name) => after[name]?.[2] !== before?.[name]?.[2]);
}
