import { describeCancelWindow, useDeletingVendors } from './cancel-window';
import { useHouse, type House } from './house';
import { describeItemRouting } from './item-routing';
import { describeKeyRates } from './key-rates';
import { describeProviderLimits } from './provider-limits';
import { describeProviderProbes, useProbedProvider } from './provider-probes';
import { describeProviderWebhooks, useKlingLab } from './provider-webhooks';
import { ROUTED } from './routed-models';

/** One installation for all that is told of routing, with the vendors that some of it needs; and what is told of each of these. */
export function useRoutedHouse(): House {
  const webhooks = useKlingLab();
  const probed = useProbedProvider();
  const vendors = useDeletingVendors();
  const house = useHouse(vendors.beside(probed.beside(webhooks.beside(ROUTED))));
  describeProviderWebhooks(house, webhooks);
  describeProviderLimits(house);
  describeKeyRates(house);
  describeItemRouting(house);
  describeProviderProbes(house, probed);
  describeCancelWindow(house, vendors);
  return house;
}
