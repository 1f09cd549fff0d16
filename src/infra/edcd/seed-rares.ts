/** Rare goods, of which each is sold at one market or few: written as the others in seed-commodities.ts. */
export const RARE_GOODS: Readonly<Record<string, string>> = {
  'Legal Drugs': `
    128666746 EraninPearlWhisky; 128666747 LavianBrandy; 128667028 LyraeWeed; 128667029 OnionHead=Onionhead;
    128667030 TarachTorSpice=Tarach Spice; 128667031 Wolf1301Fesh=Wolf Fesh; 128667034 KonggaAle;
    128667035 WuthieloKuFroth; 128667065 BastSnakeGin; 128667066 ThrutisCream; 128667081 KamitraCigars;
    128667082 RusaniOldSmokey; 128667083 YasoKondiLeaf; 128667084 ChateauDeAegaeon; 128667671 SaxonWine;
    128667672 CentauriMegaGin; 128667676 MotronaExperienceJelly; 128667677 GeawenDanceDust;
    128667678 GerasianGueuzeBeer; 128667681 BurnhamBileDistillate; 128667701 PavonisEarGrubs;
    128667704 IndiBourbon; 128667715 LeestianEvilJuice; 128667760 TransgenicOnionHead=Lucan Onionhead;
    128672812 OnionHeadA=Onionhead Alpha Strain; 128673069 OnionHeadB=Onionhead Beta Strain;
    128727921 AnimalEffigies=Crom Silver Fesh; 128793113 HarmaSilverSeaRum; 128958679 ApaVietii`,
  Foods: `
    128667019 HIP10175BushMeat=HIP 10175 Bush Meat; 128667020 AlbinoQuechuaMammoth=Albino Quechua Mammoth Meat;
    128667021 UtgaroarMillenialEggs=Utgaroar Millennial Eggs; 128667022 WitchhaulKobeBeef;
    128667023 KarsukiLocusts; 128667024 GiantIrukamaSnails;
    128667025 BaltahSineVacuumKrill=Baltah'sine Vacuum Krill; 128667026 CetiRabbits; 128667041 AnyNaCoffee;
    128667042 CD75CatCoffee=CD-75 Kitten Brand Coffee; 128667043 GomanYauponCoffee;
    128667049 ChiEridaniMarinePaste; 128667050 EsusekuCaviar; 128667051 LiveHecateSeaWorms;
    128667053 HIP41181Squid=HIP Proto-Squid; 128667054 CoquimSpongiformVictuals;
    128667055 AerialEdenApple=Eden Apples of Aerial; 128667056 NeritusBerries; 128667057 OchoengChillies;
    128667058 DeuringasTruffles; 128667059 HR7221Wheat=HR 7221 Wheat; 128667060 JarouaRice;
    128667076 SanumaMEAT=Sanuma Decorative Meat; 128667077 EthgrezeTeaBuds; 128667078 CeremonialHeikeTea;
    128667079 TanmarkTranquilTea; 128667669 BakedGreebles; 128667670 CetiAepyornisEgg=Aepyornis Egg;
    128667679 HaidneBlackBrew=Haiden Black Brew; 128667685 LFTVoidExtractCoffee=Void Extract Coffee;
    128667688 LTTHyperSweet=LTT Hyper Sweet; 128667689 MechucosHighTea; 128667691 MokojingBeastFeast;
    128667692 MukusubiiChitinOs=Mukusubii Chitin-os; 128667693 MulachiGiantFungus; 128667698 WheemeteWheatCakes;
    128667705 AroucaConventualSweets; 128667709 FujinTea; 128667711 OrrerianViciousBrew;
    128667712 UszaianTreeGrub; 128667714 DisoMaCorn; 128667716 BlueMilk=Azure Milk`,
  Medicines: `
    128667027 KachiriginLeaches=Kachirigin Filter Leeches; 128667068 AganippeRush;
    128667069 TerraMaterBloodBores; 128667085 WatersOfShintara=The Waters of Shintara; 128667686 HonestyPills;
    128667697 VHerculisBodyRub=V Herculis Body Rub; 128667699 VegaSlimWeed=Vega Slimweed;
    128667708 PantaaPrayerSticks; 128667718 AlyaBodilySoap=Alya Body Soap; 128913661 Nanomedicines`,
  Weapons: `
    128667032 BorasetaniPathogenetics; 128667033 HIP118311Swarm=HIP 118311 Swarm; 128667070 HolvaDuellingBlades;
    128667071 KamorinHistoricWeapons; 128667072 GilyaSignatureWeapons`,
  'Consumer Items': `
    128667036 AlacarakmoSkinArt; 128667037 EleuThermals; 128667038 EshuUmbrellas; 128667039 KaretiiCouture;
    128667040 NjangariSaddles; 128667045 KinagoInstruments=Kinago Violins; 128667046 NgunaModernAntiques;
    128667047 RajukruStoves=Rajukru Multi-Stoves; 128667048 TiolceWaste2PasteUnits;
    128667668 OphiuchiExinoArtefacts=Ophiuch Exino Artefacts; 128667673 AnduligaFireWorks;
    128667680 HavasupaiDreamCatcher; 128667683 JaradharrePuzzlebox=Jaradharre Puzzle Box;
    128667696 UzumokuLowGWings=Uzumoku Low-G Wings; 128667700 AltairianSkin; 128667706 TauriChimes;
    128667707 ZeesszeAntGlue=Zeessze Ant Grub Glue; 128667713 MomusBogSpaniel;
    128667717 AlienEggs=Leathery Eggs; 128667719 VidavantianLace; 128668017 JaquesQuinentianStill;
    128668018 SoontillRelics; 128671119 Advert1=Ultra-Compact Processor Prototypes; 128672121 TheHuttonMug;
    128732551 ShansCharisOrchid=Shan's Charis Orchid; 128748428 BuckyballBeerMats; 128922524 Duradrives`,
  Machinery: `
    128667044 VolkhabBeeDrones; 128667067 WulpaHyperboreSystems; 128667687 NonEuclidianExotanks;
    128667703 GiantVerrix`,
  Metals: `
    128667052 HelvetitjPearls; 128667675 CherbonesBloodCrystals; 128667694 NgadandariFireOpals;
    128672122 SothisCrystallineGold; 128793114 PlatinumAloy=Platinum Alloy`,
  Textiles: `
    128667061 BelalansRayLeather; 128667062 DamnaCarapaces; 128667063 RapaBaoSnakeSkins;
    128667064 VanayequiRhinoFur=Vanayequi Ceratomorpha Fur; 128667674 BankiAmphibiousLeather;
    128667695 TiegfriesSynthSilk; 128667702 JotunMookah; 128667710 ChameleonCloth`,
  Chemicals: `
    128667073 DeltaPhoenicisPalms; 128667074 ToxandjiVirocide;
    128667682 HIPOrganophosphates=HIP Organophosphates; 128667684 KorroKungPellets=Koro Kung Pellets;
    128667690 MedbStarlube`,
  Technology: `
    128667075 XiheCompanions=Xihe Biomorphic Companions; 128667080 AZCancriFormula42=AZ Cancri Formula 42;
    129002574 ClassifiedExperimentalEquipment`,
  Slavery: `
    128672316 MasterChefs`,
  Salvage: `
    128672431 PersonalGifts=Festive Gifts; 128672432 CrystallineSpheres; 128682050 GalacticTravelGuide`,
};
