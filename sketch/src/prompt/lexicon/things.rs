//! Words for what stands, swims or flies in a picture.

use crate::prompt::vocabulary::Meaning::Thing;
use crate::prompt::vocabulary::{Row, Subject};

/// Every row.
pub const ROWS: &[Row] = &[
    ("fox,vixen,foxes,fuchs,renard,zorro,volpe", Thing(Subject::Fox)),
    ("cat,kitten,kitty,katze,gato,gatto", Thing(Subject::Cat)),
    (
        "dog,puppy,golden retriever,retriever,labrador,corgi,poodle,husky,hound,hund,chien,perro,cane",
        Thing(Subject::Dog),
    ),
    ("wolf,wolves,howling,loup,lobo,lupo", Thing(Subject::Wolf)),
    (
        "deer,stag,elk,moose,reindeer,antler,hirsch,reh,cerf,ciervo,cervo",
        Thing(Subject::Deer),
    ),
    ("bear,panda,koala,grizzly,bär,oso,orso", Thing(Subject::Bear)),
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
        "car,sports car,automobile,vehicle,roadster,coupe,driving,roadtrip,auto,voiture,coche,macchina",
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
        "rocket,rocket launch,spaceship,spacecraft,shuttle,rakete,fusée,cohete,razzo",
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
        "bottle,water bottle,perfume,perfume bottle,fragrance,cologne,serum,potion,flasche,parfüm,parfum,flacon,bouteille,botella,bottiglia,profumo",
        Thing(Subject::Bottle),
    ),
    (
        "jar,skincare jar,cream,cosmetic,skincare,soap,honey,tiegel,creme,crème,crema,tarro",
        Thing(Subject::Jar),
    ),
    (
        "wine,wine bottle,bottle of wine,champagne bottle,champagne,beer,cocktail,drink,wein,vin,vino,birra,cerveza",
        Thing(Subject::Wine),
    ),
    (
        "cup,coffee cup,cup of coffee,cup of tea,matcha,coffee,tea,mug,espresso,latte,cappuccino,kaffee,tasse,tee,café au lait,thé,taza,té,tazza,caffè",
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
        "phone,smartphone,iphone,mobile,app,device,tablet,telefon,téléphone,teléfono,telefono",
        Thing(Subject::Phone),
    ),
    (
        "headphone,headphones,earbuds,music,audio,podcast,kopfhörer,casque,auriculares,cuffie,musik,musique,música,musica",
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
        "shoe,sneaker,running shoe,trainer,boot,footwear,schuh,chaussure,zapato,scarpa",
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
        "person,people,couple,figure,hiker,traveller,traveler,wanderer,mensch,personne,persona",
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
        "ramen,bowl,soup,noodle,noodles,salad,curry,rice,pho,stew,porridge,cereal,udon,poke",
        Thing(Subject::Bowl),
    ),
    (
        "plate,pasta,spaghetti,dish,meal,dinner,lunch,steak,food,risotto,lasagna,teller,plat,plato,piatto",
        Thing(Subject::Plate),
    ),
    ("burger,cheeseburger,hamburger,sandwich", Thing(Subject::Burger)),
    ("pizza,margherita,flatbread", Thing(Subject::Pizza)),
    (
        "cake,birthday cake,cupcake,pie,tart,dessert,birthday,kuchen,torte,gâteau,pastel de cumpleaños,torta",
        Thing(Subject::Cake),
    ),
    (
        "pancake,pancakes,waffle,waffles,breakfast,brunch,crêpes",
        Thing(Subject::Pancakes),
    ),
    (
        "ice cream,icecream,gelato,sundae,sorbet,eis am stiel",
        Thing(Subject::Cone),
    ),
    (
        "apple,fruit,fruits,peach fruit,pomme,apfel,manzana,mela",
        Thing(Subject::Apple),
    ),
    (
        "speaker,smart speaker,loudspeaker,soundbar,lautsprecher,enceinte,altavoz",
        Thing(Subject::Speaker),
    ),
    (
        "laptop,computer,notebook computer,macbook,monitor",
        Thing(Subject::Laptop),
    ),
    (
        "fireplace,hearth,kamin,cheminée,chimenea,camino",
        Thing(Subject::Fireplace),
    ),
    (
        "bed,bedroom,bett,schlafzimmer,lit,cama,letto",
        Thing(Subject::Bed),
    ),
    (
        "kitchen,kitchen counter,küche,cuisine,cocina,cucina",
        Thing(Subject::Counter),
    ),
    ("lion,lioness,löwe,león,leone,tiger,big cat", Thing(Subject::Lion)),
    (
        "guitar,jazz,concert,band,gitarre,guitare,guitarra,chitarra",
        Thing(Subject::Guitar),
    ),
];
