//! Kinds and categories of weapons.

/// A vocabulary of words that are stored as they are written.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name {
            $($(#[$word_doc])* #[serde(rename = $text)] $word,)+
        }

        impl $name {
            /// Every word, in the order in which forms show them.
            pub const ALL: &'static [Self] = &[$(Self::$word,)+];

            /// The word as it is stored.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$word => $text,)+
                }
            }

            /// The word with this stored form.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What kind of weapon it is.
    WeaponKind {
        /// Pistol.
        Pistol = "pistol",
        /// Revolver.
        Revolver = "revolver",
        /// Rifle that is loaded by hand or by itself, shot by shot.
        Rifle = "rifle",
        /// Rifle that fires on while the trigger is held.
        AssaultRifle = "assault-rifle",
        /// Shotgun.
        Shotgun = "shotgun",
        /// Barrels of a rifle and of a shotgun.
        Combination = "combination",
        /// Submachine gun, machine pistol.
        SubmachineGun = "submachine-gun",
        /// Machine gun.
        MachineGun = "machine-gun",
        /// Launcher of grenades or rockets.
        Launcher = "launcher",
        /// Alarm, signal or gas weapon, also a converted one.
        AlarmWeapon = "alarm-weapon",
        /// Air weapon.
        AirWeapon = "air-weapon",
        /// Made by hand.
        Craft = "craft",
        /// Anything else, or not known.
        Other = "other",
    }
}

words! {
    /// The category of Directive (EU) 2021/555, Annex I Part II.
    Category {
        /// Prohibited.
        A = "A",
        /// Subject to authorisation.
        B = "B",
        /// Subject to declaration.
        C = "C",
    }
}
