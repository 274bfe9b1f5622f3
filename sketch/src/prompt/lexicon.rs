//! Lists the words that this program knows: English first, then some German, French, Spanish and
//! Italian. A row is a comma-separated list (plurals in -s and -es are found by themselves) and
//! what it means.

use super::vocabulary::Meaning::{Light, Mood as Feel, Place, Side as At, Thing};
use super::vocabulary::{Air, Hour, Hue, Meaning, Mood, Setting, Side, Subject};

const fn hue(hue: f64, chroma: f64, light: f64) -> Meaning {
    Meaning::Hue(Hue { hue, chroma, light })
}

/// Every row: words, meaning.
pub const ROWS: &[(&str, Meaning)] = &[
    (
        "mountain,peak,summit,alps,alpine,ridge,valley,volcano,hiking,berg,berge,gebirge,montagne,montaña,montana,montagna",
        Place(Setting::Mountains),
    ),
    (
        "lake,pond,river,fjord,lagoon,waterfall,fluss,lac,rivière,lago,río,fiume",
        Place(Setting::Lake),
    ),
    (
        "sea,ocean,beach,cliff,coast,shore,wave,island,harbour,harbor,bay,surf,meer,strand,insel,küste,mer,plage,île,mar,playa,isla,mare,spiaggia,isola",
        Place(Setting::Sea),
    ),
    (
        "forest,woods,woodland,jungle,grove,wald,forêt,foret,bois,bosque,selva,foresta,bosco",
        Place(Setting::Forest),
    ),
    (
        "city,town,skyline,downtown,street,skyscraper,urban,building,tokyo,york,paris,london,berlin,metropolis,stadt,ville,rue,ciudad,calle,città,citta",
        Place(Setting::City),
    ),
    (
        "desert,dune,sand,sahara,canyon,mesa,oasis,wüste,wueste,désert,desierto,deserto",
        Place(Setting::Desert),
    ),
    (
        "field,meadow,hill,farm,countryside,pasture,prairie,vineyard,garden,park,wiese,feld,hügel,garten,champ,prairie,colline,jardin,campo,pradera,colina,jardín,prato,giardino",
        Place(Setting::Field),
    ),
    (
        "snow,winter,ice,arctic,frozen,glacier,snowy,ski,christmas,schnee,eis,neige,hiver,nieve,invierno,hielo,neve,inverno",
        Place(Setting::Snow),
    ),
    (
        "space,galaxy,cosmos,universe,orbit,nebula,cosmic,weltall,weltraum,espace,galaxie,espacio,galaxia,spazio",
        Place(Setting::Space),
    ),
    (
        "studio,product,plinth,pedestal,podium,packshot,advert,ad,campaign,packaging,still life,produkt,produit,producto,prodotto",
        Place(Setting::Studio),
    ),
    (
        "interior,room,indoor,kitchen,living room,bedroom,window,desk,table,home,cafe,café,office,library,zimmer,küche,fenster,chambre,cuisine,fenêtre,habitación,cocina,ventana,stanza,cucina,finestra",
        Place(Setting::Interior),
    ),
    (
        "underwater,undersea,reef,coral,deep sea,aquarium,submarine,unterwasser,récif,submarino,subacqueo",
        Place(Setting::Undersea),
    ),
    (
        "abstract,geometric,geometry,pattern,bauhaus,shapes,composition,gallery,abstrakt,abstrait,abstracto,astratto",
        Place(Setting::Abstract),
    ),
    (
        "dawn,sunrise,morning,daybreak,early,sonnenaufgang,morgen,aube,matin,amanecer,alba,mattina",
        Light(Hour::Dawn),
    ),
    (
        "noon,midday,day,daylight,sunny,summer,afternoon,spring,mittag,sommer,jour,midi,été,día,verano,giorno,estate,mediodía",
        Light(Hour::Day),
    ),
    (
        "golden hour,golden,sunset,evening,autumn,fall,amber,sonnenuntergang,abend,herbst,coucher,soir,automne,atardecer,otoño,tramonto,sera,autunno",
        Light(Hour::Golden),
    ),
    (
        "dusk,twilight,blue hour,nightfall,gloaming,dämmerung,crépuscule,crepúsculo,crepuscolo",
        Light(Hour::Dusk),
    ),
    (
        "night,midnight,nocturnal,moonlight,moonlit,nacht,nuit,noche,notte",
        Light(Hour::Night),
    ),
    (
        "storm,stormy,thunder,lightning,tempest,thunderstorm,sturm,gewitter,tempête,orage,tormenta,tempesta",
        Light(Hour::Storm),
    ),
    (
        "fog,foggy,haze,hazy,smog,nebel,brouillard,niebla,nebbia",
        Light(Hour::Fog),
    ),
    (
        "rain,rainy,drizzle,shower,regen,pluie,lluvia,pioggia",
        Meaning::Air(Air::Rain),
    ),
    (
        "snowfall,snowing,snowflake,blizzard,flurry",
        Meaning::Air(Air::Snowfall),
    ),
    (
        "mist,misty,smoke,steam,dunst,brume,neblina,bruma",
        Meaning::Air(Air::Mist),
    ),
    (
        "star,starry,stars,constellation,milky way,stern,sterne,étoile,estrella,stella,stelle",
        Meaning::Air(Air::Stars),
    ),
    (
        "aurora,northern lights,polarlicht,borealis",
        Meaning::Air(Air::Aurora),
    ),
    (
        "cloud,cloudy,clouds,overcast,wolke,wolken,nuage,nube,nuvola",
        Meaning::Air(Air::Clouds),
    ),
    ("moon,crescent,lunar,mond,lune,luna", Meaning::Air(Air::Moon)),
    ("sun,solar,sonne,soleil,sol,sole", Meaning::Air(Air::Sun)),
    ("fox,vixen,foxes,fuchs,renard,zorro,volpe", Thing(Subject::Fox)),
    ("cat,kitten,kitty,katze,gato,gatto", Thing(Subject::Cat)),
    ("dog,puppy,hound,hund,chien,perro,cane", Thing(Subject::Dog)),
    ("wolf,wolves,howling,loup,lobo,lupo", Thing(Subject::Wolf)),
    (
        "deer,stag,elk,moose,reindeer,antler,hirsch,reh,cerf,ciervo,cervo",
        Thing(Subject::Deer),
    ),
    ("bear,grizzly,bär,oso,orso", Thing(Subject::Bear)),
    (
        "rabbit,bunny,hare,hase,lapin,conejo,coniglio",
        Thing(Subject::Rabbit),
    ),
    ("owl,eule,hibou,búho,gufo", Thing(Subject::Owl)),
    (
        "bird,gull,seagull,eagle,hawk,crane,dove,flock,vogel,vögel,oiseau,pájaro,uccello",
        Thing(Subject::Bird),
    ),
    ("swan,duck,goose,schwan,cygne,cisne,cigno", Thing(Subject::Swan)),
    (
        "penguin,pinguin,pingouin,pingüino,pinguino",
        Thing(Subject::Penguin),
    ),
    (
        "whale,orca,dolphin,wal,baleine,ballena,balena",
        Thing(Subject::Whale),
    ),
    (
        "fish,fishes,salmon,koi,shark,fisch,poisson,pez,pesce",
        Thing(Subject::Fish),
    ),
    (
        "butterfly,butterflies,moth,schmetterling,papillon,mariposa,farfalla",
        Thing(Subject::Butterfly),
    ),
    (
        "boat,ship,sail,sailing,sailboat,yacht,vessel,schiff,bateau,voilier,barco,velero,barca,nave",
        Thing(Subject::Boat),
    ),
    (
        "car,automobile,vehicle,roadster,coupe,driving,roadtrip,auto,voiture,coche,macchina",
        Thing(Subject::Car),
    ),
    (
        "bicycle,bike,cycling,cyclist,fahrrad,vélo,velo,bicicleta,bicicletta",
        Thing(Subject::Bicycle),
    ),
    (
        "plane,airplane,aeroplane,aircraft,jet,flight,flugzeug,avion,avión,aereo",
        Thing(Subject::Plane),
    ),
    (
        "balloon,hot air balloon,ballon,montgolfière,globo,mongolfiera",
        Thing(Subject::Balloon),
    ),
    (
        "rocket,spaceship,spacecraft,shuttle,rakete,fusée,cohete,razzo",
        Thing(Subject::Rocket),
    ),
    (
        "house,village,cabin,cottage,hut,barn,chalet,haus,hütte,maison,cabane,casa,cabaña,capanna",
        Thing(Subject::House),
    ),
    (
        "lighthouse,beacon,leuchtturm,phare,faro",
        Thing(Subject::Lighthouse),
    ),
    (
        "castle,fortress,palace,tower,schloss,burg,turm,château,castillo,castello,torre",
        Thing(Subject::Castle),
    ),
    (
        "windmill,mill,windmühle,mühle,moulin,molino,mulino",
        Thing(Subject::Windmill),
    ),
    (
        "tent,camp,camping,campfire,zelt,tente,tienda,tenda",
        Thing(Subject::Tent),
    ),
    (
        "tree,oak,blossom,cherry,orchard,baum,bäume,arbre,árbol,albero",
        Thing(Subject::Tree),
    ),
    (
        "pine,fir,spruce,conifer,tanne,kiefer,sapin,pino,abete",
        Thing(Subject::Pine),
    ),
    (
        "palm,tropical,tropics,coconut,palme,palmier,palmera,palma",
        Thing(Subject::Palm),
    ),
    ("cactus,cacti,succulent,saguaro,kaktus", Thing(Subject::Cactus)),
    (
        "bottle,perfume,fragrance,cologne,serum,potion,flasche,parfüm,parfum,flacon,bouteille,botella,bottiglia,profumo",
        Thing(Subject::Bottle),
    ),
    (
        "jar,cream,cosmetic,skincare,soap,honey,tiegel,creme,crème,crema,tarro",
        Thing(Subject::Jar),
    ),
    (
        "wine,wine bottle,bottle of wine,champagne bottle,champagne,beer,cocktail,drink,wein,vin,vino,birra,cerveza",
        Thing(Subject::Wine),
    ),
    (
        "cup,coffee,tea,mug,espresso,latte,cappuccino,kaffee,tasse,tee,café au lait,thé,taza,té,tazza,caffè",
        Thing(Subject::Cup),
    ),
    (
        "lamp,lantern,lightbulb,lampe,lámpara,lampada",
        Thing(Subject::Lamp),
    ),
    (
        "chair,armchair,sofa,couch,furniture,stuhl,sessel,chaise,fauteuil,silla,sillón,sedia,poltrona",
        Thing(Subject::Chair),
    ),
    (
        "plant,monstera,leaf,fern,botanical,pflanze,blatt,plante,feuille,planta,hoja,pianta,foglia",
        Thing(Subject::Plant),
    ),
    (
        "vase,pottery,ceramic,pot,bouquet,keramik,céramique,jarrón,vaso",
        Thing(Subject::Vase),
    ),
    (
        "book,reading,novel,literature,notebook,buch,livre,libro",
        Thing(Subject::Book),
    ),
    (
        "phone,smartphone,mobile,app,device,tablet,telefon,téléphone,teléfono,telefono",
        Thing(Subject::Phone),
    ),
    (
        "headphone,headphones,music,audio,podcast,kopfhörer,casque,auriculares,cuffie,musik,musique,música,musica",
        Thing(Subject::Headphones),
    ),
    (
        "camera,photography,lens,photographer,kamera,caméra,cámara,fotocamera",
        Thing(Subject::Camera),
    ),
    (
        "watch,clock,wristwatch,uhr,montre,reloj,orologio",
        Thing(Subject::Watch),
    ),
    (
        "shoe,sneaker,trainer,boot,footwear,schuh,chaussure,zapato,scarpa",
        Thing(Subject::Shoe),
    ),
    (
        "candle,candlelight,kerze,bougie,vela,candela",
        Thing(Subject::Candle),
    ),
    (
        "flower,rose,tulip,poppy,daisy,bloom,floral,wildflower,blume,fleur,flor,fiore",
        Thing(Subject::Flower),
    ),
    (
        "mushroom,toadstool,fungus,fungi,pilz,champignon,seta,fungo",
        Thing(Subject::Mushroom),
    ),
    (
        "person,man,woman,people,girl,boy,figure,hiker,traveller,traveler,wanderer,mensch,frau,mann,personne,femme,homme,persona,mujer,hombre,donna,uomo",
        Thing(Subject::Person),
    ),
    (
        "astronaut,cosmonaut,spaceman,spacewoman,astronaute,astronauta",
        Thing(Subject::Astronaut),
    ),
    ("robot,android,droid,roboter", Thing(Subject::Robot)),
    (
        "planet,saturn,jupiter,earth,mars,planète,planeta,pianeta",
        Thing(Subject::Planet),
    ),
    (
        "red,crimson,scarlet,ruby,vermilion,rot,rote,roter,rotes,rouge,rojo,roja,rosso",
        hue(0.075, 0.21, 0.58),
    ),
    (
        "orange,tangerine,copper,rust,terracotta,arancione,naranja",
        hue(0.135, 0.17, 0.69),
    ),
    (
        "yellow,lemon,mustard,gelb,gelbe,jaune,amarillo,amarilla,giallo",
        hue(0.265, 0.17, 0.86),
    ),
    (
        "gold,gilded,golden tone,doré,dorado,dorato",
        hue(0.225, 0.14, 0.76),
    ),
    (
        "green,emerald,jade,grün,grüne,vert,verte,verde",
        hue(0.42, 0.15, 0.60),
    ),
    ("olive,sage,moss,khaki", hue(0.34, 0.09, 0.62)),
    ("mint,seafoam", hue(0.45, 0.09, 0.84)),
    ("teal,turquoise,cyan,aqua,türkis,petrol", hue(0.54, 0.12, 0.62)),
    (
        "blue,azure,navy,cobalt,sapphire,blau,blaue,blauer,bleu,bleue,azul,blu",
        hue(0.71, 0.16, 0.55),
    ),
    ("indigo,ultramarine", hue(0.77, 0.17, 0.44)),
    (
        "purple,violet,lilac,lavender,mauve,lila,violett,violeta,viola",
        hue(0.84, 0.16, 0.56),
    ),
    ("magenta,fuchsia", hue(0.93, 0.22, 0.60)),
    ("pink,rosy,blush,coral pink,rosa,rosé", hue(0.99, 0.13, 0.78)),
    ("coral colour,salmon pink,peach,apricot", hue(0.11, 0.12, 0.80)),
    (
        "brown,chocolate,sepia,caramel,beige,braun,marron,marrón,marrone",
        hue(0.165, 0.07, 0.50),
    ),
    (
        "white,ivory,weiß,weiss,weiße,blanc,blanche,blanco,blanca,bianco",
        hue(0.25, 0.008, 0.95),
    ),
    (
        "black,ebony,onyx,schwarz,schwarze,noir,noire,negro,negra,nero",
        hue(0.75, 0.012, 0.27),
    ),
    (
        "grey,gray,silver,chrome,grau,gris,grigio,plata",
        hue(0.70, 0.012, 0.66),
    ),
    (
        "calm,serene,quiet,peaceful,gentle,soft,tranquil,still,ruhig,sanft,calme,doux,tranquilo,calmo,zen",
        Feel(Mood::Calm),
    ),
    (
        "bold,vivid,vibrant,strong,striking,saturated,energetic,playful,kräftig,audacieux,vif,audaz,audace",
        Feel(Mood::Bold),
    ),
    (
        "minimal,minimalist,simple,clean,sparse,elegant,schlicht,épuré,mínimo,minimo",
        Feel(Mood::Minimal),
    ),
    (
        "retro,vintage,nostalgic,old,classic,poster,seventies,70s,mid century",
        Feel(Mood::Retro),
    ),
    (
        "cosy,cozy,warm,hygge,homely,gemütlich,chaleureux,acogedor,accogliente",
        Feel(Mood::Cosy),
    ),
    (
        "dramatic,epic,cinematic,intense,powerful,moody,dramatisch,dramatique,dramático,drammatico",
        Feel(Mood::Dramatic),
    ),
    ("pastel,candy,delicate,pastell", Feel(Mood::Pastel)),
    (
        "neon,cyberpunk,synthwave,electric,glowing,vaporwave",
        Feel(Mood::Neon),
    ),
    (
        "monochrome,monochromatic,greyscale,grayscale,noir film,black and white",
        Feel(Mood::Mono),
    ),
    (
        "dark,shadowy,gloomy,deep,dunkel,sombre,oscuro,scuro",
        Feel(Mood::Dark),
    ),
    (
        "bright,light,airy,fresh,radiant,luminous,clair,lumineux,claro,chiaro",
        Feel(Mood::Bright),
    ),
    ("left,links,gauche,izquierda,sinistra", At(Side::Left)),
    (
        "centre,center,centred,centered,middle,mitte,milieu,centro",
        At(Side::Centre),
    ),
    ("right,rechts,droite,derecha,destra", At(Side::Right)),
];
