import type { Commodity } from '../../domain/market/catalogue.ts';
import { RARE_GOODS } from './seed-rares.ts';

/**
 * What the game trades, as far as this version knows: with it the first market can be written before EDCD was ever
 * reached. `id Symbol`, and `=Name` where that is not the symbol in words.
 */
const GOODS: Readonly<Record<string, string>> = {
  Metals: `
    128049152 Platinum; 128049153 Palladium; 128049154 Gold; 128049155 Silver; 128049162 Cobalt;
    128049168 Beryllium; 128049169 Indium; 128049170 Gallium; 128049171 Tantalum; 128049172 Uranium;
    128049173 Lithium; 128049174 Titanium; 128049175 Copper; 128049176 Aluminium; 128668549 Hafnium178=Hafnium 178;
    128671118 Osmium; 128672298 Lanthanum; 128672299 Thallium; 128672300 Bismuth; 128672301 Thorium;
    128673845 Praseodymium; 128673847 Samarium; 129031238 Steel`,
  Minerals: `
    128049156 Bertrandite; 128049157 Indite; 128049158 Gallite; 128049159 Coltan; 128049160 Uraninite;
    128049161 Lepidolite; 128049163 Rutile; 128049165 Bauxite; 128668550 Painite; 128672294 Cryolite;
    128672295 Goslarite; 128672296 Moissanite; 128672297 Pyrophyllite; 128672775 Taaffeite; 128672776 Jadeite;
    128673846 Bromellite; 128673848 LowTemperatureDiamond=Low Temperature Diamonds;
    128673852 MethanolMonohydrateCrystals; 128673853 LithiumHydroxide; 128673854 MethaneClathrate;
    128924325 Rhodplumsite; 128924326 Serendibite; 128924327 Monazite; 128924328 Musgravite; 128924329 Benitoite;
    128924330 Grandidierite; 128924331 Alexandrite; 128924332 Opal=Void Opal; 129031327 Haematite`,
  Chemicals: `
    128049166 Water; 128049202 HydrogenFuel; 128049203 MineralOil; 128049204 Explosives; 128049205 Pesticides;
    128672303 SyntheticReagents; 128672304 NerveAgents; 128672305 SurfaceStabilisers; 128673850 HydrogenPeroxide;
    128673851 LiquidOxygen=Liquid oxygen; 128924333 RockforthFertiliser; 128924334 AgronomicTreatment;
    128961249 Tritium`,
  Foods: `
    128049177 Algae; 128049178 FruitAndVegetables=Fruit and Vegetables; 128049180 Grain;
    128049182 Animalmeat=Animal Meat; 128049183 Fish; 128049184 FoodCartridges; 128049185 SyntheticMeat;
    128049188 Tea; 128049189 Coffee`,
  Textiles: `
    128049190 Leather; 128049191 NaturalFabrics; 128049193 SyntheticFabrics; 128682044 ConductiveFabrics;
    128682045 MilitaryGradeFabrics`,
  'Industrial Materials': `
    128049197 Polymers; 128049199 Semiconductors; 128049200 Superconductors; 128672302 CeramicComposites;
    128672701 MetaAlloys=Meta-Alloys; 128673855 InsulatingMembrane; 128673856 CMMComposite=CMM Composite;
    128673857 CoolingHoses=Micro-weave Cooling Hoses; 128673858 NeofabricInsulation`,
  Medicines: `
    128049208 AgriculturalMedicines=Agri-Medicines; 128049209 PerformanceEnhancers; 128049210 BasicMedicines;
    128049669 ProgenitorCells; 128049670 CombatStabilisers; 128682046 AdvancedMedicines`,
  'Legal Drugs': `
    128049212 BasicNarcotics=Narcotics; 128049213 Tobacco; 128049214 Beer; 128049215 Wine; 128049216 Liquor;
    128672306 BootlegLiquor; 128983059 OnionHeadC=Onionhead Gamma Strain`,
  Machinery: `
    128049217 PowerGenerators; 128049218 WaterPurifiers; 128049220 HeliostaticFurnaces=Microbial Furnaces;
    128049221 MineralExtractors; 128049222 CropHarvesters; 128049223 MarineSupplies=Marine Equipment;
    128064028 AtmosphericExtractors=Atmospheric Processors; 128672307 GeologicalEquipment;
    128672308 ThermalCoolingUnits; 128672309 BuildingFabricators; 128672313 SkimerComponents=Skimmer Components;
    128673859 ArticulationMotors; 128673860 HNShockMount=HN Shock Mount; 128673861 EmergencyPowerCells;
    128673862 PowerConverter; 128673863 PowerGridAssembly=Energy Grid Assembly;
    128673864 PowerTransferConduits=Power Transfer Bus; 128673865 RadiationBaffle; 128673866 ExhaustManifold;
    128673867 ReinforcedMountingPlate; 128673868 HeatsinkInterlink; 128673869 MagneticEmitterCoil;
    128673870 ModularTerminals; 128673874 IonDistributor`,
  Technology: `
    128049225 ComputerComponents; 128049226 HazardousEnvironmentSuits=H.E. Suits; 128049227 Robotics;
    128049228 AutoFabricators=Auto-Fabricators; 128049229 AnimalMonitors; 128049230 AquaponicSystems;
    128049231 AdvancedCatalysers; 128049232 TerrainEnrichmentSystems=Land Enrichment Systems;
    128049671 ResonatingSeparators; 128049672 BioReducingLichen=Bioreducing Lichen;
    128672310 MuTomImager=Muon Imager; 128672311 StructuralRegulators; 128673871 Nanobreakers;
    128673872 TelemetrySuite; 128673873 MicroControllers; 128673875 DiagnosticSensor=Hardware Diagnostic Sensor;
    128682047 MedicalDiagnosticEquipment`,
  Weapons: `
    128049233 PersonalWeapons; 128049234 BattleWeapons; 128049235 ReactiveArmour;
    128049236 NonLethalWeapons=Non-Lethal Weapons; 128672312 Landmines`,
  'Consumer Items': `
    128049238 DomesticAppliances; 128049240 ConsumerTechnology; 128049241 Clothing;
    128671444 TrinketsOfFortune=Trinkets of Hidden Fortune; 128672314 EvacuationShelter; 128682048 SurvivalEquipment`,
  Slavery: `
    128049243 Slaves; 128667728 ImperialSlaves`,
  Waste: `
    128049244 Biowaste; 128049245 ToxicWaste; 128049246 ChemicalWaste; 128049248 Scrap`,
  NonMarketable: `
    128066403 Drones=Limpets`,
  Salvage: `
    128666752 USSCargoBlackBox=Black Box; 128666754 USSCargoTradeData=Trade Data;
    128666755 USSCargoMilitaryPlans=Military Plans; 128666756 USSCargoAncientArtefact=Ancient Artefact;
    128666757 USSCargoRareArtwork=Rare Artwork; 128666758 USSCargoExperimentalChemicals=Experimental Chemicals;
    128666759 USSCargoRebelTransmissions=Rebel Transmissions; 128666760 USSCargoPrototypeTech=Prototype Tech;
    128666761 USSCargoTechnicalBlueprints=Technical Blueprints; 128668547 UnknownArtifact=Thargoid Sensor;
    128668548 AiRelics=AI Relics; 128668551 Antiquities; 128668552 MilitaryIntelligence;
    128671443 SAP8CoreContainer=SAP 8 Core Container; 128672123 WreckageComponents;
    128672124 EncriptedDataStorage=Encrypted Data Storage; 128672125 OccupiedCryoPod=Occupied Escape Pod;
    128672126 PersonalEffects; 128672127 ComercialSamples=Commercial Samples; 128672128 TacticalData;
    128672129 AssaultPlans; 128672130 EncryptedCorrespondence; 128672131 DiplomaticBag;
    128672132 ScientificResearch; 128672133 ScientificSamples; 128672134 PoliticalPrisoner=Political Prisoners;
    128672135 Hostage=Hostages; 128672136 LargeExplorationDataCash=Large Survey Data Cache;
    128672137 SmallExplorationDataCash=Small Survey Data Cache; 128672159 AntiqueJewellery; 128672160 PreciousGems;
    128672161 EarthRelics; 128672162 GeneBank; 128672163 TimeCapsule; 128672315 GeologicalSamples;
    128672810 UnstableDataCore; 128672811 DamagedEscapePod; 128673876 UnknownArtifact2=Thargoid Probe;
    128682049 DataCore; 128682051 MysteriousIdol; 128682052 ProhibitedResearchMaterials;
    128682053 AntimatterContainmentUnit; 128682054 SpacePioneerRelics; 128682055 FossilRemnants;
    128732183 AncientRelic=Guardian Relic; 128732184 AncientOrb=Guardian Orb;
    128732185 AncientCasket=Guardian Casket; 128732186 AncientTablet=Guardian Tablet;
    128732187 AncientUrn=Guardian Urn; 128732188 AncientTotem=Guardian Totem; 128737287 UnknownResin=Thargoid Resin;
    128737288 UnknownBiologicalMatter=Thargoid Biological Matter;
    128737289 UnknownTechnologySamples=Thargoid Technology Samples; 128740752 UnknownArtifact3=Thargoid Link;
    128793127 ThargoidHeart; 128793128 ThargoidTissueSampleType1=Thargoid Cyclops Tissue Sample;
    128793129 ThargoidTissueSampleType2=Thargoid Basilisk Tissue Sample;
    128793130 ThargoidTissueSampleType3=Thargoid Medusa Tissue Sample; 128824468 ThargoidScoutTissueSample;
    128888499 AncientKey; 128902652 ThargoidTissueSampleType4=Thargoid Hydra Tissue Sample;
    128922517 M_TissueSample_Fluid=Mollusc Fluid; 128922518 M_TissueSample_Soft=Mollusc Soft Tissue;
    128922519 M_TissueSample_Nerves=Mollusc Brain Tissue; 128922520 S_TissueSample_Cells=Pod Core Tissue;
    128922521 S_TissueSample_Surface=Pod Dead Tissue; 128922522 S_TissueSample_Core=Pod Surface Tissue;
    128922523 P_ParticulateSample=Anomaly Particles; 128922781 S9_TissueSample_Shell=Pod Tissue;
    128922782 M3_TissueSample_Membrane=Mollusc Membrane; 128922783 M3_TissueSample_Mycelium=Mollusc Mycelium;
    128922784 M3_TissueSample_Spores=Mollusc Spores; 128922785 S6_TissueSample_Mesoglea=Pod Mesoglea;
    128922786 S6_TissueSample_Cells=Pod Outer Tissue; 128922787 S6_TissueSample_Coenosarc=Pod Shell Tissue;
    129015433 AncientRelicTG=Unclassified Relic; 129019258 ThargoidTissueSampleType5=Thargoid Orthrus Tissue Sample;
    129019259 ThargoidGeneratorTissueSample=Caustic Tissue Sample;
    129022087 UnocuppiedEscapePod=Unoccupied Escape Pod;
    129022395 ThargoidTissueSampleType6=Thargoid Glaive Tissue Sample;
    129022396 ThargoidTissueSampleType7=Thargoid Scythe Tissue Sample;
    129022398 ThargoidTissueSampleType9a=Titan Deep Tissue Sample;
    129022399 ThargoidTissueSampleType9b=Titan Tissue Sample;
    129022400 ThargoidTissueSampleType9c=Titan Partial Tissue Sample;
    129022402 ThargoidTissueSampleType10a=Titan Maw Deep Tissue Sample;
    129022403 ThargoidTissueSampleType10b=Titan Maw Tissue Sample;
    129022404 ThargoidTissueSampleType10c=Titan Maw Partial Tissue Sample;
    129022405 UnknownSack=Protective Membrane Scrap; 129022406 ThargoidPod=Xenobiological Prison Pod;
    129022407 CoralSap; 129022408 UnknownMineral=Impure Spire Mineral;
    129022409 UnknownRefinedMineral=Semi-Refined Spire Mineral;
    129030459 ThargoidTitanDriveComponent=Titan Drive Component; 129030460 ThargoidCystSpecimen=Cyst Specimen;
    129030461 ThargoidBoneFragments=Bone Fragments; 129030462 ThargoidOrganSample=Organ Sample`,
};

/** For a start without EDCD, whose word counts as soon as it is there. */
export function seedCommodities(): Commodity[] {
  return [...parsed(GOODS, false), ...parsed(RARE_GOODS, true)];
}

function parsed(goods: Readonly<Record<string, string>>, rare: boolean): Commodity[] {
  return Object.entries(goods).flatMap(([category, text]) =>
    text.split(';').map((entry) => {
      const [, id = '', symbol = '', name = inWords(symbol)] =
        /^\s*(\d+) (\w+)(?:=([^]+))?$/.exec(entry) ?? [];
      return { id: Number(id), symbol, category, name: name.replaceAll(/\s+/g, ' '), rare };
    }),
  );
}

/** `AgriculturalMedicines` -> `Agricultural Medicines`. */
function inWords(symbol: string): string {
  return symbol.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
}
