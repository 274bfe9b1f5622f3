//! Words for places, light, air, people and sheets.

use crate::prompt::vocabulary::Meaning::{Light, Place};
use crate::prompt::vocabulary::{Air, Board, Form, Hour, Look, Meaning, Row, Setting};

/// Every row.
pub const ROWS: &[Row] = &[
    (
        "mountain,mount,fuji,everest,peak,summit,alps,alpine,ridge,valley,volcano,hiking,berg,berge,gebirge,montagne,montaña,montana,montagna",
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
        "city,cityscape,town,manhattan,skyline,downtown,street,skyscraper,urban,building,tokyo,york,new york,paris,london,berlin,metropolis,stadt,ville,rue,ciudad,calle,città,citta",
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
        "space,outer space,galaxy,cosmos,universe,orbit,nebula,cosmic,weltall,weltraum,espace,galaxie,espacio,galaxia,spazio",
        Place(Setting::Space),
    ),
    (
        "studio,studio lighting,product,product shot,plinth,pedestal,podium,packshot,advert,ad,campaign,packaging,still life,produkt,produit,producto,prodotto",
        Place(Setting::Studio),
    ),
    (
        "interior,room,indoor,living room,window,desk,table,wooden table,home,office,library,zimmer,fenster,chambre,fenêtre,habitación,ventana,stanza,finestra",
        Place(Setting::Interior),
    ),
    (
        "underwater,undersea,reef,coral,deep sea,aquarium,submarine,unterwasser,récif,submarino,subacqueo",
        Place(Setting::Undersea),
    ),
    (
        "abstract,composition,gallery,shapes,abstrakt,abstrait,abstracto,astratto",
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
    (
        "portrait,headshot,face,selfie,profile picture,porträt,retrato,ritratto",
        Place(Setting::Portrait),
    ),
    (
        "logo,logotype,wordmark,emblem,badge,crest,monogram,brand mark,sticker,insignia",
        Place(Setting::Mark),
    ),
    ("icon,app icon,favicon", Meaning::Icon),
    (
        "dashboard,analytics,chart,charts,admin panel,statistics,graph,metrics",
        Meaning::Board(Board::Dashboard),
    ),
    (
        "website,web page,webpage,landing page,homepage,home page,web design,newsletter,saas",
        Meaning::Board(Board::Page),
    ),
    (
        "app screen,app screens,mobile app,app design,app mockup,phone screen,mobile screens,onboarding",
        Meaning::Board(Board::Phones),
    ),
    (
        "storyboard,moodboard,mood board,wireframe,interface,ui,ux,screen,screens,screenshot,comic,comic strip",
        Meaning::Board(Board::Frames),
    ),
    (
        "poster,flyer,banner,billboard,cover,book cover,album cover,headline,placard,plakat,affiche,cartel",
        Meaning::Poster,
    ),
    (
        "abstract waves,liquid,fluid,silk,flow,flowing,smoke swirls,marble texture,swirl,gradient,ribbon,ribbons",
        Meaning::Form(Form::Ribbons),
    ),
    (
        "pattern,patterns,tiles,mosaic,quilt,geometric,geometry,geometric shapes,geometric pattern,bauhaus",
        Meaning::Form(Form::Tiles),
    ),
    (
        "arches,rainbow,circles,fractal,spiral,mandala",
        Meaning::Form(Form::Arches),
    ),
    (
        "balance,balanced,sculpture,mobile sculpture,cubism,cubist,memphis",
        Meaning::Form(Form::Balance),
    ),
    ("coffee shop,coffee house,cafe,café,coffee bar", Meaning::Cafe),
    ("hair,haired,haare,cheveux,pelo,capelli", Meaning::Hair),
    (
        "woman,girl,lady,female,frau,femme,mujer,donna,dancer,actress,mother,bride,princess portrait,long hair",
        Meaning::Look(Look::Long),
    ),
    (
        "man,boy,guy,male,gentleman,mann,homme,hombre,uomo,father,worker,fisherman,businessman,short hair",
        Meaning::Look(Look::Short),
    ),
    (
        "old,elderly,grandfather,grandmother,wrinkled,aged",
        Meaning::Look(Look::Old),
    ),
    (
        "beard,bearded,moustache,mustache,bart",
        Meaning::Look(Look::Beard),
    ),
    ("glasses,spectacles,brille", Meaning::Look(Look::Glasses)),
    ("sunglasses,sonnenbrille", Meaning::Look(Look::Sunglasses)),
    ("viking,warrior,barbarian,knight", Meaning::Look(Look::Viking)),
    ("chef,cook,baker", Meaning::Look(Look::Chef)),
    ("king,queen,princess,prince,crown", Meaning::Look(Look::Crown)),
    ("wizard,witch,mage,sorcerer,gandalf", Meaning::Look(Look::Wizard)),
];
