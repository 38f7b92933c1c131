using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Deskward.Platform.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class StaysByPolicy : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "is_by_policy",
                table: "desired_stays",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "is_by_policy",
                table: "desired_stays");
        }
    }
}
