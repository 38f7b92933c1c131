using Xunit;

namespace Deskward.Simulator;

public sealed class WebFormTests
{
    [Fact]
    public void A_sign_in_form_tells_what_it_asks_for()
    {
        var form = WebForm.ReadAll("""
            <form class="a>b" method="post"><input type="hidden" name="token" value="a&amp;b" /><input id="x" name="who" type="email" autocomplete="username webauthn" required>
            <input name="secret" type="password"></form>
            """).Single();
        Assert.Equal((null, "who", "secret", null, false), (form.Action, form.Address, form.Password, form.OneTimeCode, form.AsksNothing));
        Assert.Equal([("token", "a&b")], form.Hidden);
    }

    [Theory]
    [InlineData("""<form method="post" hidden><button></button></form>""", 0)]
    [InlineData("""<form method="get" action="/"><button></button></form>""", 0)]
    [InlineData("""<form action="/"><button></button></form>""", 0)]
    [InlineData("""<form method="post" action="/x"><button></button></form><FORM METHOD="POST"></FORM>""", 2)]
    [InlineData("<form", 0)]
    public void What_nobody_could_send_is_no_form(string html, int forms) => Assert.Equal(forms, WebForm.ReadAll(html).Count);
}
