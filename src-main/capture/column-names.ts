import type { ImportMap, ImportTarget } from '#shared/contract/import.ts';

/**
 * What a column of a file can be to the mapper: a column of ours, or one of those that have to be looked into.
 * `user`: a login, a number, “First Last (login)”. `module`: a number or a name. `firstName` and `lastName` make the
 * actor's name, `clock` is a time of day beside a date, `occurredText` and `merged` (an object of more columns) come
 * from our own exports.
 */
export type Slot = ImportTarget | 'user' | 'module' | 'firstName' | 'lastName' | 'clock' | 'occurredText';

/** Names as `foldName` leaves them; where two columns of a file mean the same, the one named first here wins. */
const names: Readonly<Record<Exclude<Slot, 'ignore'>, string>> = {
  eventId: 'eventid uuid eventuuid guid',
  occurredAt:
    'occurredat fecha timestamp fechahora fechayhora fechaevento fecharegistro fechacreacion datetime date eventtime eventdate actiontime logtime createdat created createdon momento cuando when ts time',
  occurredText: 'occurredtext',
  clock: 'hora',
  actorId: 'actorid usuarioid userid idusuario usuarioidid useridid actorpk userpk uid iduser actornumber',
  actorLogin:
    'actorlogin login username userlogin usuariologin userusername usuariousername actorusername usuarioidusername useridusername nombreusuario nombredeusuario cuenta account',
  actorName:
    'actorname fullname userfullname nombrecompleto usuarionombre usuarionombrecompleto actorfullname realname',
  firstName: 'firstname userfirstname usuariofirstname actorfirstname usuarioidfirstname useridfirstname',
  lastName: 'lastname userlastname usuariolastname actorlastname usuarioidlastname useridlastname apellido apellidos',
  actorEmail:
    'actoremail email correo correoelectronico mail useremail usuarioemail usuariocorreo usuarioidemail useridemail',
  user: 'usuario user actor autor author responsable quien who changedby modifiedby createdby performedby realizadopor operador by',
  event: 'event evento eventtype tipoevento tipodeevento operation operacion changetype tipocambio tipodecambio',
  module: 'modulo module',
  moduleNumber: 'modulenumber tablalog numeromodulo modulonumero numerodemodulo moduleid idmodulo moduloid',
  moduleName: 'modulename nombremodulo modulonombre nombredelmodulo',
  target:
    'target afectacion affected modelname model modelo entity entidad resource recurso objecttype contenttype tablename table tabla',
  recordId:
    'recordid registroid objectid idregistro idderegistro iddelregistro entityid resourceid objectpk primarykey recordkey rowid targetid idobjeto pk clave folio',
  field: 'field campo fieldname column columna attribute atributo property propiedad nombrecampo',
  oldValue: 'oldvalue valoranterior previousvalue valorprevio oldval valorviejo old before antes anterior',
  newValue: 'newvalue valoractual valornuevo nuevovalor currentvalue newval new after despues nuevo',
  detail:
    'detail detalle details detalles description descripcion message mensaje changemessage msg comment comentario notes observaciones',
  action: 'action accion',
  status: 'status statuscode httpstatus responsestatus responsestatuscode codigohttp codigoestado codigodeestado',
  requestMethod: 'requestmethod method metodo httpmethod verb',
  requestPath: 'requestpath path ruta url uri endpoint',
  requestQuery: 'requestquery querystring query',
  requestBody: 'requestbody requestdata requestpayload payload cuerpopeticion',
  responseBody: 'responsebody requestresponsebody responsedata cuerporespuesta',
  requestAddress: 'requestaddress ip ipaddress remoteaddr remoteaddress clientip direccionip',
  requestDurationMs: 'requestdurationms durationms duracionms elapsedms responsetimems',
  requestCorrelationId: 'requestcorrelationid correlationid requestid traceid',
  source: 'source fuente origen sistema system application',
  sourceEntryId: 'sourceentryid id logid entryid idlog auditid no nro num numero',
  extra: 'extra',
};

export const slots: readonly Slot[] = [...(Object.keys(names) as Slot[]), 'ignore'];

const slotsByName = new Map<string, { readonly slot: Slot; readonly rank: number }>();
for (const [slot, list] of Object.entries(names) as [Slot, string][]) {
  for (const [rank, name] of list.split(' ').entries()) slotsByName.set(name, { slot, rank });
}

/** A column's name without case, accents, spaces, underscores, dots: `Valor anterior` and `valor_anterior` are one. */
export const foldName = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();

/** Columns whose value can be an object with columns of its own: `user: {id, username}` is read as `user.id` and so on. */
const nestingNames = new Set(
  'actor user usuario usuarioid userid module modulo request peticion response respuesta'.split(' '),
);
export const isNesting = (name: string): boolean => nestingNames.has(foldName(name));

/** `user.name` is a name; folded it would be `username`, which is a login. */
const personName = /^(?:user|usuario|actor)\.(?:full_?)?(?:name|nombre)$/i;

const rankOf = (name: string): number => slotsByName.get(foldName(name))?.rank ?? Number.POSITIVE_INFINITY;

/**
 * What each column of a file is. The map wins; the rest are guessed by name. `known` are the columns that the beginning
 * of the file has: of two that mean the same, one gets the meaning and the other is kept as extra. A column that turns
 * up only later is extra if its meaning is taken. So what a row becomes never depends on the rows before it.
 */
export class ColumnNames {
  readonly #map: ReadonlyMap<string, ImportTarget>;
  readonly #slots = new Map<string, Slot>();
  readonly #taken = new Set<Slot>();

  constructor(known: readonly string[], map: ImportMap) {
    this.#map = new Map(Object.entries(map));
    for (const target of this.#map.values()) this.#taken.add(target);
    const guessed = known.filter((name) => !this.#map.has(name)).sort((a, b) => rankOf(a) - rankOf(b));
    for (const name of guessed) {
      const slot = this.#guess(name);
      this.#slots.set(name, slot);
      if (slot !== 'extra') this.#taken.add(slot);
    }
  }

  /** True when the map names the column. */
  isMapped(name: string): boolean {
    return this.#map.has(name);
  }

  slotOf(name: string): Slot {
    return this.#map.get(name) ?? this.#slots.get(name) ?? this.#guess(name);
  }

  #guess(name: string): Slot {
    const slot = personName.test(name) ? 'actorName' : (slotsByName.get(foldName(name))?.slot ?? 'extra');
    return this.#taken.has(slot) ? 'extra' : slot;
  }
}

/** The column of ours that a slot is shown as in a preview. */
export const slotTarget = (slot: Slot): ImportTarget => {
  switch (slot) {
    case 'user':
      return 'actorLogin';
    case 'module':
      return 'moduleName';
    case 'firstName':
    case 'lastName':
      return 'actorName';
    case 'clock':
    case 'occurredText':
      return 'occurredAt';
    default:
      return slot;
  }
};
