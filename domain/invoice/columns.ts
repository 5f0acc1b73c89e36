/** What reconciliation can use of a line of a provider's invoice. */
export type InvoiceField = (typeof INVOICE_FIELDS)[number];
export const INVOICE_FIELDS = ['from', 'to', 'model', 'upstream_id', 'quantity', 'amount', 'currency'] as const;

/**
 * Names of columns, compared without case, spaces and marks; of several that a file has, the first here counts. They are those of the exports of
 * OpenAI (costs: `start_time_iso`, `amount_value`, `line_item`), Anthropic (costs: `usage_date_utc`, `model`, `cost_usd`), Google Cloud
 * (cost table: "Usage start date", "SKU description", "Unrounded Cost ($)"), fal and others that follow FOCUS (`ChargePeriodStart`, `SkuId`,
 * `BilledCost`), and what lists of requests are usually called.
 */
const NAMES: Readonly<Record<InvoiceField, readonly string[]>> = {
  from: [
    'starttimeiso',
    'usagedateutc',
    'chargeperiodstart',
    'usagestartdate',
    'timestamp',
    'createdat',
    'requesttime',
    'datetime',
    'starttime',
    'usagedate',
    'date',
    'day',
    'time',
    'created',
  ],
  to: ['endtimeiso', 'chargeperiodend', 'usageenddate', 'endtime'],
  model: [
    'model',
    'modelversion',
    'modelname',
    'endpointid',
    'endpoint',
    'lineitem',
    'skudescription',
    'skuid',
    'application',
    'appid',
    'chargedescription',
  ],
  upstream_id: ['requestid', 'upstreamid', 'taskid', 'predictionid', 'generationid', 'jobid', 'operationid', 'resourceid', 'id'],
  quantity: ['quantity', 'consumedquantity', 'usageamount', 'billableunits', 'units', 'pricingquantity'],
  amount: [
    'amountvalue',
    'costusd',
    'billedcost',
    'unroundedcost',
    'amountusd',
    'totalcost',
    'cost',
    'amount',
    'totalusd',
    'charge',
    'total',
    'subtotal',
    'priceusd',
  ],
  currency: ['amountcurrency', 'billingcurrency', 'currency'],
};

/** Where each field stands in a line. */
export type InvoiceColumns = Readonly<Partial<Record<InvoiceField, number>>>;

/**
 * Finds the columns by their names.
 * @param chosen - columns that the user named, by field
 * @returns null when this is no head of an invoice: the amount is missing
 */
export function findColumns(head: readonly string[], chosen: Readonly<Partial<Record<InvoiceField, string>>>): InvoiceColumns | null {
  const names = head.map(plain);
  const place = (field: InvoiceField): number => {
    const named = chosen[field];
    if (named !== undefined) return names.indexOf(plain(named));
    return NAMES[field].map((name) => names.indexOf(name)).find((index) => index >= 0) ?? -1;
  };
  const columns = Object.fromEntries(INVOICE_FIELDS.map((field) => [field, place(field)] as const).filter(([, index]) => index >= 0));
  return 'amount' in columns && ('from' in columns || 'upstream_id' in columns) ? columns : null;
}

/** "Unrounded Cost ($)" → "unroundedcost" */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
