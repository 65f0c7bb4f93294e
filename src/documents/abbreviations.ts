/**
 * Words that distinguish a full stop within a sentence from one at its end. An abbreviation is listed without its last
 * stop ("e.g" for "e.g."), in the case in which it is written: "Sun. 5 May" is a date, "in the sun. 5 people" is not.
 * The lists follow those of pySBD for English and the Associated Press stylebook (states, months, companies).
 */

const words = (...lines: readonly string[]): ReadonlySet<string> => new Set(lines.flatMap((line) => line.split(' ')));

/** Always followed by a name or a phrase: the stop after them never ends a sentence. */
export const NEVER_FINAL = words(
  // Titles and ranks
  'Mr Mrs Ms Mx Dr Drs Prof Messrs Mme Mlle Fr Rev Hon Msgr Rt',
  'Gen Adm Brig Maj Col Cmdr Capt Lt Sgt Cpl Pvt Supt Insp Det Sen Rep Gov Pres Amb Atty Ald',
  // Given names
  'Chas Geo Jas Jos Thos Wm',
  // Places
  'Mt Ft',
  // Connectives
  'vs v viz cf ca approx esp incl resp e.g i.e eg ie',
);

/**
 * Do not end a sentence before a number or a letter in place of one ("Fig. 3", "Fig. A", "Fig. S1", "Sec. I", "Vol.
 * II").
 */
export const BEFORE_LETTER = words(
  'Fig Figs fig figs Eq Eqs eq eqs Eqn Eqns eqn eqns Ch ch Chap chap Vol Vols vol vols Sec Secs Sect Sects sec secs sect',
  'Para Paras para paras App Appx app Tab Suppl Ref Refs Thm Def Prop Lem Rm Apt',
);

/** Do not end a sentence before a number ("No. 5", "Jan. 12"), and may end one before anything else. */
export const BEFORE_NUMBER = words(
  'No Nos no nos N° Nº Nr nr p pp Art Op op Ex ext Tel tel Ver ver ll c b d',
  'Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun',
);

/** Occur both inside a sentence and at its end: the next word decides. See {@link SENTENCE_OPENERS}. */
export const SOMETIMES_FINAL = words(
  // Companies and institutions
  'Inc Corp Co co Cos Ltd Pty Plc Bros Assn Assoc Dept dept Intl Natl Univ Govt',
  // After a name
  'Jr Sr Esq al Ph.D Psy.D M.Sc B.Sc M.Phil D.Phil LL.B LL.M Ed.D',
  // Streets; St. is a saint, too
  'St Ste Ave Blvd Rd Hwy Sq',
  // States and provinces
  'Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Penn',
  'Tenn Tex Va Vt Wash Wis Wyo Ont Que',
);

/** Legal forms that continue a company's name after its own mark: "Yahoo! Inc." */
export const COMPANY_FORMS = words('Inc Corp Co Ltd');

/** Nouns that a single letter completes: "vitamin C.", "Plan B." and "World War I." end a sentence as any word does. */
export const LETTERED_NOUNS = words(
  'appendix block case category chapter class column exhibit exit figure gate grade group hepatitis letter level',
  'model option part phase plan platform point room row schedule section series size table team terminal type version',
  'vitamin volume war zone',
);

/**
 * Capitalized words that open sentences and hardly ever names. After "the U.S." or "Sony Corp." a capital letter is no
 * evidence of a new sentence, but one of these words is.
 */
export const SENTENCE_OPENERS = words(
  // Pronouns and determiners
  'I You He She It We They This That These Those My Your His Her Its Our Their',
  'A An The Each Every Some Many Most Several Few Another Other Such Both All No None Nobody Nothing One',
  // Conjunctions and adverbs
  'And But Or Nor So Yet Then Thus Therefore However Moreover Meanwhile Nevertheless Also Still Instead Perhaps Please',
  'Although Though Because If Unless Until While Whether Since Once When Whenever Where Here There Now Soon Later',
  'Today Yesterday Tomorrow Even Only Just Never Not Yes Well Oh Ah',
  // Prepositions
  'After Against Among As At Before Between By Despite During For From In Of On Over Since Through To Under Upon With',
  'Within Without',
  // Questions and auxiliaries
  'What Which Who Whom Whose Why How Is Are Was Were Am Do Does Did Has Have Had Can Could Should Would Let',
);

/** Continue the sentence after a quotation that ends with "?" or "!": "Stop!" I cried. */
export const SPEECH_VERBS = words(
  'said says asked asks answered replied cried exclaimed shouted whispered murmured muttered remarked observed yelled',
  'screamed gasped ejaculated added called demanded repeated returned inquired sighed laughed groaned shrieked roared',
);

/**
 * Words that are lower-case in titles and names, too ("The Lord of the Rings", "Bank of England", "Ursula von der
 * Leyen"). They are no evidence of prose, and no line ends with one of them.
 */
export const SMALL_WORDS = words(
  'a an and as at by for from in into nor of on or over per the to upon via vs with',
  'da das de del della den der des di do dos du e et il la las le les los of op te ten ter und van von y zu zum zur',
);

/** Words that open names but are hardly ever a whole name: a line that ends with one of them continues on the next. */
export const NAME_OPENERS = words(
  'New Los Las San Santa Santo São Saint Hong Sri Mount Great United European Prime The',
);
