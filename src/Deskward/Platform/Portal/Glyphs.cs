using Microsoft.FluentUI.AspNetCore.Components;
using Regular = Microsoft.FluentUI.AspNetCore.Components.Icons.Regular.Size20;

namespace Deskward.Platform.Portal;

/// <summary>The Fluent icons of the portal, one per meaning.</summary>
public static class Glyphs
{
    public static readonly Icon Home = new Regular.Home();
    public static readonly Icon Devices = new Regular.Laptop();
    public static readonly Icon Groups = new Regular.Group();
    public static readonly Icon Rings = new Regular.TargetArrow();
    public static readonly Icon Registrations = new Regular.ClipboardTextLtr();
    public static readonly Icon PolicySets = new Regular.ClipboardTask();
    public static readonly Icon Profiles = new Regular.TableSettings();
    public static readonly Icon Exceptions = new Regular.DocumentEdit();
    public static readonly Icon Compliance = new Regular.ShieldCheckmark();
    public static readonly Icon Drift = new Regular.Wrench();
    public static readonly Icon Catalogue = new Regular.Library();
    public static readonly Icon People = new Regular.People();
    public static readonly Icon Contacts = new Regular.ContactCard();
    public static readonly Icon SecurityContacts = new Regular.ShieldKeyhole();
    public static readonly Icon Contract = new Regular.DocumentBulletList();
    public static readonly Icon Rights = new Regular.TableSettings();
    public static readonly Icon Codes = new Regular.Key();
    public static readonly Icon Certificates = new Regular.Certificate();
    public static readonly Icon Organisations = new Regular.Building();
    public static readonly Icon Access = new Regular.DoorArrowRight();
    public static readonly Icon Audit = new Regular.History();
    public static readonly Icon Account = new Regular.Person();
    public static readonly Icon Menu = new Regular.Navigation();
    public static readonly Icon Language = new Regular.LocalLanguage();
    public static readonly Icon Theme = new Regular.DarkTheme();
    public static readonly Icon SignOut = new Regular.SignOut();
    public static readonly Icon Good = new Regular.CheckmarkCircle();
    public static readonly Icon Bad = new Regular.ErrorCircle();
    public static readonly Icon Warning = new Regular.Warning();
    public static readonly Icon Waiting = new Regular.Clock();
    public static readonly Icon Info = new Regular.Info();
    public static readonly Icon Search = new Regular.Search();
    public static readonly Icon Next = new Regular.ChevronRight();
    public static readonly Icon Add = new Regular.Add();
    public static readonly Icon Download = new Regular.ArrowDownload();
    public static readonly Icon Restart = new Regular.Power();
    public static readonly Icon Refresh = new Regular.ArrowSync();
    public static readonly Icon Retire = new Regular.Delete();
    public static readonly Icon Bell = new Regular.Alert();
    public static readonly Icon Empty = new Regular.Box();
}
