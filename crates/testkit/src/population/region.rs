//! The peoples of the region, how large each is, and the heads of their names.
//!
//! Names are those that are common there, from general knowledge; the order is about that of their
//! frequency. Weights are shares of a thousand, chosen for a register of the region and not measured.

use super::script::Script;

/// A state whose citizens a register holds.
#[derive(Debug)]
pub(super) struct Nation {
    /// ISO 3166 code; `xk` for Kosovo*.
    pub code: &'static str,
    /// As lists name it, in small letters.
    pub name: &'static str,
    /// Of a thousand persons.
    pub weight: u32,
    /// The script of its registers beside the Latin one.
    pub native: Option<Script>,
    /// Of a hundred of its citizens, how many are written in it first.
    pub native_per_cent: u32,
}

/// Peoples who share names.
#[derive(Debug)]
pub(super) struct Group {
    pub nations: &'static [Nation],
    /// Given names of men, the most common first, between commas.
    pub male: &'static str,
    /// Given names of women.
    pub female: &'static str,
    /// Family names, as men bear them.
    pub family: &'static str,
    pub style: Style,
}

/// How names are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Given and family name, sometimes the father's between; in Serbian, Croatian, Bosnian.
    SouthSlavic,
    /// The same, and the family name of women ends in another way.
    Gendered,
    /// Given and family name; letters of Albanian.
    Albanian,
    /// Given and family name.
    Plain,
    /// A chain of fathers.
    Arabic,
}

const fn nation(
    code: &'static str,
    name: &'static str,
    weight: u32,
    native: Option<Script>,
    native_per_cent: u32,
) -> Nation {
    Nation {
        code,
        name,
        weight,
        native,
        native_per_cent,
    }
}

/// All groups. What no group has belongs to the last.
pub(super) const GROUPS: &[Group] = &[
    Group {
        nations: &[
            nation("rs", "serbia", 210, Some(Script::Serbian), 45),
            nation(
                "ba",
                "bosnia and herzegovina",
                110,
                Some(Script::Serbian),
                20,
            ),
            nation("hr", "croatia", 90, None, 0),
            nation("me", "montenegro", 40, Some(Script::Serbian), 20),
            nation("si", "slovenia", 20, None, 0),
        ],
        male: "Milan, Dragan, Zoran, Nikola, Marko, Aleksandar, Ivan, Petar, Goran, Jovan, Miloš, \
            Dejan, Stefan, Slobodan, Luka, Đorđe, Nenad, Branko, Vladimir, Željko, Miroslav, \
            Josip, Ante, Nemanja, Emir, Amir, Mustafa, Adnan, Edin, Radovan, Stanko, Boban, \
            Uroš, Mirko, Srđan, Ljubiša",
        female: "Milica, Marija, Jelena, Ana, Ivana, Dragana, Vesna, Gordana, Snežana, Jovana, \
            Ljiljana, Sanja, Katarina, Mirjana, Svetlana, Nataša, Lejla, Amra, Emina, Biljana, \
            Slavica, Nada, Teodora, Sara, Jasmina, Đurđa",
        family: "Jovanović, Petrović, Nikolić, Marković, Đorđević, Stojanović, Ilić, Stanković, \
            Pavlović, Milošević, Horvat, Kovačević, Babić, Marić, Novak, Jurić, Hodžić, Popović, \
            Radović, Hadžić, Vuković, Tomić, Delić, Lazić, Knežević, Matić, Mijatović, Perić, \
            Vučković, Blažević, Ćosić, Šarić, Živković, Obradović, Begović, Ljubić, Karadžić, \
            Zorić, Mandić",
        style: Style::SouthSlavic,
    },
    Group {
        nations: &[
            nation("mk", "north macedonia", 90, Some(Script::Macedonian), 50),
            nation("bg", "bulgaria", 75, Some(Script::Bulgarian), 60),
        ],
        male: "Aleksandar, Nikola, Georgi, Dimitar, Ivan, Goran, Petar, Hristo, Stojan, Kiril, \
            Blagoj, Zoran, Vasil, Trajče, Boris, Todor, Filip, Krste, Stefan, Plamen, Ljupčo, \
            Gjorgji, Kosta, Jordan",
        female: "Marija, Elena, Biljana, Violeta, Ivana, Suzana, Vesna, Emilija, Desislava, Snežana, \
            Katerina, Jasmina, Ljubica, Radka, Cvetanka, Sonja",
        family: "Stojanovski, Nikolovski, Ivanov, Georgiev, Dimitrov, Trajkovski, Petkov, Jovanovski, \
            Ristovski, Petrov, Hristov, Angelovski, Todorov, Stoev, Mitrevski, Kostovski, Iliev, \
            Vasilev, Bogdanovski, Gjorgjievski, Atanasov, Kjosevski, Džambazov, Naumovski, \
            Zafirov, Cvetkovski",
        style: Style::Gendered,
    },
    Group {
        nations: &[
            nation("al", "albania", 120, None, 0),
            nation("xk", "kosovo", 90, None, 0),
        ],
        male: "Arben, Agim, Ilir, Besnik, Fatmir, Luan, Artan, Gëzim, Bashkim, Valon, Arta, Dritan, \
            Xhevat, Shpëtim, Petrit, Kujtim, Çlirim, Naim, Gjergj, Rexhep, Blerim, Skënder, \
            Ermal, Qemal",
        female: "Mirjeta, Teuta, Vjollca, Fatime, Elira, Drita, Valbona, Shpresa, Arjeta, Blerta, \
            Zana, Majlinda, Afërdita, Lindita, Besa, Xhevahire",
        family: "Hoxha, Krasniqi, Gashi, Shehu, Berisha, Prifti, Morina, Dervishi, Shala, Çela, \
            Kelmendi, Hysa, Thaçi, Gjoka, Xhafa, Bytyqi, Leka, Rexhepi, Zeqiri, Ademi, Cani, \
            Ndreu, Mehmeti, Qosja, Shkodrani, Përvizaj, Jashari, Kola, Hyseni, Balliu",
        style: Style::Albanian,
    },
    Group {
        nations: &[
            nation("gr", "greece", 60, Some(Script::Greek), 50),
            nation("cy", "cyprus", 5, Some(Script::Greek), 40),
        ],
        male: "Georgios, Dimitrios, Konstantinos, Ioannis, Nikolaos, Panagiotis, Vasileios, \
            Christos, Athanasios, Michail, Evangelos, Spyridon, Andreas, Theodoros, Antonios, \
            Stavros",
        female: "Maria, Eleni, Aikaterini, Vasiliki, Sofia, Georgia, Anna, Dimitra, Ioanna, Angeliki, \
            Paraskevi, Kalliopi",
        family: "Papadopoulos, Pappas, Georgiou, Ioannidis, Nikolaidis, Karagiannis, Vlachos, \
            Oikonomou, Papageorgiou, Makris, Dimitriou, Angelopoulos, Konstantinidis, Theodorou, \
            Hatzis, Samaras, Athanasiou, Petridis",
        style: Style::Plain,
    },
    Group {
        nations: &[nation("tr", "turkey", 40, None, 0)],
        male: "Mehmet, Mustafa, Ahmet, Ali, Hüseyin, Hasan, İbrahim, Yusuf, Murat, Ömer, Emre, \
            Kemal, Süleyman, Çetin, Orhan, Doğan",
        female: "Fatma, Ayşe, Emine, Hatice, Zeynep, Elif, Meryem, Gülşen, Hülya, Şerife, Özlem, \
            Yasemin",
        family: "Yılmaz, Kaya, Demir, Çelik, Şahin, Yıldız, Öztürk, Aydın, Arslan, Doğan, Kılıç, \
            Aslan, Çetin, Kara, Koç, Kurt, Özdemir, Şimşek",
        style: Style::Plain,
    },
    Group {
        nations: &[
            nation("sy", "syria", 12, Some(Script::Arabic), 25),
            nation("iq", "iraq", 10, Some(Script::Arabic), 25),
            nation("dz", "algeria", 5, Some(Script::Arabic), 15),
            nation("eg", "egypt", 5, Some(Script::Arabic), 25),
            nation("af", "afghanistan", 4, Some(Script::Arabic), 25),
            nation("ye", "yemen", 2, Some(Script::Arabic), 25),
            nation("lb", "lebanon", 2, Some(Script::Arabic), 15),
            nation("ly", "libya", 2, Some(Script::Arabic), 25),
            nation("sa", "saudi arabia", 1, Some(Script::Arabic), 25),
            nation("jo", "jordan", 1, Some(Script::Arabic), 25),
            nation("tn", "tunisia", 1, Some(Script::Arabic), 15),
            nation("ir", "iran", 1, Some(Script::Arabic), 25),
            nation("pk", "pakistan", 1, Some(Script::Arabic), 15),
        ],
        male: "Muhammad, Ahmad, Ali, Hassan, Hussein, Mahmoud, Ibrahim, Khalid, Yusuf, Omar, Abdul \
            Rahman, Mustafa, Said, Abdullah, Salim, Walid, Tariq, Faysal, Jamal, Nasir, Qasim, \
            Sulayman, Bilal, Hamza",
        female: "Fatima, Aisha, Zaynab, Maryam, Khadija, Layla, Amina, Huda, Nour, Samira, Rania, \
            Salma",
        family: "al-Masri, al-Shami, al-Khatib, Haddad, al-Ahmad, al-Jaburi, al-Dulaimi, Khalil, \
            al-Ansari, al-Baghdadi, Mansour, al-Najjar, Saleh, al-Hamdani, Rahimi, Benali, \
            al-Tikriti, Darwish",
        style: Style::Arabic,
    },
    Group {
        nations: &[
            nation("ru", "russia", 15, Some(Script::Russian), 30),
            nation("ua", "ukraine", 10, Some(Script::Russian), 20),
            nation("by", "belarus", 2, Some(Script::Russian), 30),
        ],
        male: "Aleksandr, Sergey, Vladimir, Dmitry, Andrey, Aleksey, Mikhail, Ivan, Nikolay, Oleg, \
            Igor, Viktor, Yuriy, Pavel",
        female: "Yelena, Olga, Natalia, Tatiana, Irina, Svetlana, Anna, Marina, Lyudmila, Oksana",
        family: "Ivanov, Smirnov, Kuznetsov, Popov, Volkov, Petrov, Sokolov, Morozov, Novikov, \
            Zaytsev, Pavlov, Golubev, Vinogradov, Orlov, Zhukov, Makarov",
        style: Style::Gendered,
    },
    Group {
        nations: &[
            nation("ro", "romania", 15, None, 0),
            nation("hu", "hungary", 10, None, 0),
            nation("it", "italy", 10, None, 0),
            nation("de", "germany", 10, None, 0),
            nation("at", "austria", 5, None, 0),
        ],
        male: "Andrei, Gheorghe, László, István, Marco, Giuseppe, Peter, Michael, Thomas, \
            Alexandru, Zoltán, Luca, Martin, Jürgen",
        female: "Maria, Elena, Erzsébet, Ilona, Giulia, Anna, Sabine, Monika, Ioana, Zsuzsanna, \
            Francesca, Petra",
        family: "Popescu, Ionescu, Nagy, Kovács, Rossi, Russo, Müller, Schmidt, Szabó, Dumitru, \
            Ferrari, Weber, Tóth, Stan, Huber, Gruber",
        style: Style::Plain,
    },
];
