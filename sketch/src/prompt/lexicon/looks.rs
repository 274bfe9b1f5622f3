//! Words for colours, moods and sides, and those that change nothing.

use crate::prompt::vocabulary::Meaning::{Mood as Feel, Side as At};
use crate::prompt::vocabulary::{Hue, Meaning, Mood, Row, Side};

const fn hue(hue: f64, chroma: f64, light: f64) -> Meaning {
    Meaning::Hue(Hue { hue, chroma, light })
}

/// Every row.
pub const ROWS: &[Row] = &[
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
        "retro,vintage,nostalgic,nostalgia,classic,seventies,70s,mid century",
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
        "dark,dark mode,shadowy,gloomy,deep,dunkel,sombre,oscuro,scuro",
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
    (
        "above,below,beside,besides,beyond,towards,toward,among,amid,onto,within,next,overlooking,full of,see,show,draw,make,create,give,want,need,please,everyone,someone,something,nothing,here,there,where,when,while,who,what,how,can,could,would,should,will,also,only,just,more,most,much,many,few,every,each,all,both,same,but,than,then,too,after,during,these,those,at least,he,she,they,them,him,us,am,was,were,been,do,does,did,have,has,had,get,got,let,go,come,put,take,use,day and night,a,an,the,of,in,on,at,with,and,or,for,to,from,by,over,under,into,near,before,behind,between,around,its,his,her,their,is,are,as,that,this,it,some,one,two,three,very,like,no,not,without,called,named,titled,says,saying,words,word,text,title,front,top,up,down,out,off,across,through,against,along,inside,outside,about,another,other,my,our,your,me,i,we,you,us,be,has,have,wearing,holding,sitting,standing,riding,walking,running,flying,floating,looking,landing,launch,launching,dancing,playing,eating,sleeping,made,making,painted,set,der,die,das,ein,eine,einer,im,am,und,mit,von,le,la,les,un,une,de,du,des,et,avec,dans,sur,el,los,las,una,y,con,en,il,lo,gli,di,e",
        Meaning::Nothing,
    ),
    (
        "photo,photograph,picture,image,illustration,painting,drawing,render,rendering,art,artwork,style,shot,view,scene,background,backdrop,concept,design,mockup,template,4k,8k,hd,uhd,detailed,highly,ultra,realistic,photorealistic,hyperrealistic,photoreal,high,quality,resolution,hdr,octane,unreal,engine,trending,artstation,masterpiece,professional,beautiful,stunning,gorgeous,amazing,awesome,perfect,nice,great,cool,cute,lovely,pretty,majestic,modern,contemporary,futuristic,ancient,medieval,young,new,little,small,tiny,big,large,huge,giant,tall,long,short,wide,narrow,full,empty,lighting,lights,lit,light,natural,flat,vector,3d,isometric,cartoon,anime,watercolor,watercolour,oil,pencil,sketch,close,closeup,macro,aerial,wide angle,bokeh,depth,tone,tones,colour,color,colours,colors,colourful,colorful,texture,mode,company,shop,brand,startup,tech,film,movie,travel,motivational,sale,event,festival,game,fitness,bank,bakery,brewery,restaurant,business,free,space for,feeling,mood,atmosphere,world,side,edge,line,lines,first,best,good,happy,sad,funny,wooden,wood,marble,stone,glass,metal,paper,leather,drops,water",
        Meaning::Nothing,
    ),
];
