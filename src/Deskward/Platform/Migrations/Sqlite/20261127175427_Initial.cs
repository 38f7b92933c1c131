using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Deskward.Platform.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "audit_checkpoints",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    key_id = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    signature = table.Column<byte[]>(type: "BLOB", maxLength: 80, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_checkpoints", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_entries",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    actor_kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    actor_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    actor_name = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    action = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    object_kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    object_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    object_name = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    before = table.Column<string>(type: "TEXT", nullable: true),
                    after = table.Column<string>(type: "TEXT", nullable: true),
                    salt = table.Column<byte[]>(type: "BLOB", maxLength: 16, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_entries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_keys",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    public_key = table.Column<byte[]>(type: "BLOB", maxLength: 200, nullable: false),
                    wrapped_key = table.Column<byte[]>(type: "BLOB", maxLength: 1000, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_keys", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "audit_links",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    entry_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    digest = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_links", x => new { x.tenant_id, x.sequence });
                });

            migrationBuilder.CreateTable(
                name: "audit_unchained",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    position = table.Column<long>(type: "INTEGER", nullable: false),
                    entry_id = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_unchained", x => new { x.tenant_id, x.position, x.entry_id });
                });

            migrationBuilder.CreateTable(
                name: "certificates_authorities",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    certificate = table.Column<byte[]>(type: "BLOB", nullable: false),
                    wrapped_key = table.Column<byte[]>(type: "BLOB", nullable: false),
                    not_after = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_certificates_authorities", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "certificates_issued",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    authority_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    serial = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    certificate = table.Column<byte[]>(type: "BLOB", nullable: false),
                    sha256 = table.Column<byte[]>(type: "BLOB", nullable: false),
                    public_key_sha256 = table.Column<byte[]>(type: "BLOB", nullable: false),
                    not_before = table.Column<long>(type: "INTEGER", nullable: false),
                    not_after = table.Column<long>(type: "INTEGER", nullable: false),
                    issued_at = table.Column<long>(type: "INTEGER", nullable: false),
                    first_seen_at = table.Column<long>(type: "INTEGER", nullable: true),
                    renews_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    revoked_at = table.Column<long>(type: "INTEGER", nullable: true),
                    revocation_reason = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_certificates_issued", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "contacts_checkpoint_addresses",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    mail = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    language = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    sent_on = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    sent_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_contacts_checkpoint_addresses", x => x.tenant_id);
                });

            migrationBuilder.CreateTable(
                name: "contacts_confirmations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    area = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    contacts = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_contacts_confirmations", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "contacts_contacts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    area = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    mail = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    telephone = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    language = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    working_days = table.Column<int>(type: "INTEGER", nullable: false),
                    works_from = table.Column<TimeOnly>(type: "TEXT", nullable: false),
                    works_until = table.Column<TimeOnly>(type: "TEXT", nullable: false),
                    no_request_mail = table.Column<bool>(type: "INTEGER", nullable: false),
                    no_message_mail = table.Column<bool>(type: "INTEGER", nullable: false),
                    removed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_contacts_contacts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "contacts_reminders",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    is_security = table.Column<bool>(type: "INTEGER", nullable: false),
                    day = table.Column<DateOnly>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_contacts_reminders", x => new { x.tenant_id, x.is_security, x.day });
                });

            migrationBuilder.CreateTable(
                name: "desired_assignment_sets",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    groups_hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    group_ids = table.Column<byte[]>(type: "BLOB", nullable: false),
                    revision = table.Column<int>(type: "INTEGER", nullable: false),
                    desired_hash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    conflict_count = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_desired_assignment_sets", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "desired_assignments",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    policy_set_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    policy_set_version_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    group_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    layer = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    assigned_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_desired_assignments", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "desired_documents",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    content = table.Column<byte[]>(type: "BLOB", nullable: false),
                    setting_count = table.Column<int>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    unused_since = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_desired_documents", x => new { x.tenant_id, x.hash });
                });

            migrationBuilder.CreateTable(
                name: "desired_drifts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    path = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    found = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: true),
                    found_at = table.Column<long>(type: "INTEGER", nullable: false),
                    repaired_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_desired_drifts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "desired_open_settings",
                columns: table => new
                {
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    path = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    outcome = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 500, nullable: true),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    since = table.Column<long>(type: "INTEGER", nullable: false),
                    retry_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_desired_open_settings", x => new { x.device_id, x.path });
                });

            migrationBuilder.CreateTable(
                name: "desired_plans",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    cause = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    subject = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    subject_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    pcs = table.Column<int>(type: "INTEGER", nullable: false),
                    flips = table.Column<int>(type: "INTEGER", nullable: false),
                    content = table.Column<byte[]>(type: "BLOB", nullable: false),
                    digest = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_desired_plans", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "desired_policy_set_versions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    policy_set_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    settings = table.Column<byte[]>(type: "BLOB", nullable: false),
                    setting_count = table.Column<int>(type: "INTEGER", nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    is_published = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_desired_policy_set_versions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "desired_policy_sets",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 120, nullable: false),
                    description = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: false),
                    latest_version = table.Column<int>(type: "INTEGER", nullable: false),
                    is_archived = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_published = table.Column<bool>(type: "INTEGER", nullable: false),
                    released_version = table.Column<int>(type: "INTEGER", nullable: true),
                    released_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    shipped = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_desired_policy_sets", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "desired_progress",
                columns: table => new
                {
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    base_hash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    begun_hashes = table.Column<byte[]>(type: "BLOB", nullable: false),
                    evidence = table.Column<byte[]>(type: "BLOB", nullable: true),
                    overlay_hash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    must_read_first = table.Column<bool>(type: "INTEGER", nullable: false),
                    open_session_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    waits_for_user = table.Column<bool>(type: "INTEGER", nullable: false),
                    has_open_settings = table.Column<bool>(type: "INTEGER", nullable: false),
                    has_drifts = table.Column<bool>(type: "INTEGER", nullable: false),
                    inventory_at = table.Column<long>(type: "INTEGER", nullable: true),
                    signed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    read_due_at = table.Column<long>(type: "INTEGER", nullable: false),
                    retry_due_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_response = table.Column<byte[]>(type: "BLOB", nullable: true),
                    last_response_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_desired_progress", x => x.device_id);
                });

            migrationBuilder.CreateTable(
                name: "desired_stays",
                columns: table => new
                {
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    ordinal = table.Column<int>(type: "INTEGER", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    set_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    after = table.Column<int>(type: "INTEGER", nullable: false),
                    is_by_plan = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_by_policy = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_desired_stays", x => new { x.device_id, x.ordinal });
                });

            migrationBuilder.CreateTable(
                name: "desired_trend",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    total = table.Column<int>(type: "INTEGER", nullable: false),
                    in_state = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_desired_trend", x => new { x.tenant_id, x.day });
                });

            migrationBuilder.CreateTable(
                name: "device_actions_runs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    is_single = table.Column<bool>(type: "INTEGER", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    asked_by_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    asked_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    asked_at = table.Column<long>(type: "INTEGER", nullable: false),
                    grant_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    total = table.Column<int>(type: "INTEGER", nullable: false),
                    needs_second_person = table.Column<bool>(type: "INTEGER", nullable: false),
                    answered_by_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    answered_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    answered_at = table.Column<long>(type: "INTEGER", nullable: true),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    stopped_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_device_actions_runs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "device_actions_targets",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    run_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    device_name = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    command_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    refusal = table.Column<string>(type: "TEXT", maxLength: 300, nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_device_actions_targets", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "devices_devices",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    hardware_id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    hardware_hash = table.Column<string>(type: "TEXT", maxLength: 128, nullable: true),
                    name = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    search = table.Column<string>(type: "TEXT", maxLength: 600, nullable: false),
                    person_search = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    person_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    user_address = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    is_device_enrolment = table.Column<bool>(type: "INTEGER", nullable: false),
                    manufacturer = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    model = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    serial = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    os_build = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    edition = table.Column<int>(type: "INTEGER", nullable: true),
                    inventory = table.Column<string>(type: "TEXT", nullable: true),
                    enrolled_at = table.Column<long>(type: "INTEGER", nullable: false),
                    last_seen_at = table.Column<long>(type: "INTEGER", nullable: true),
                    retiring_since = table.Column<long>(type: "INTEGER", nullable: true),
                    retired_at = table.Column<long>(type: "INTEGER", nullable: true),
                    assignment_set_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    settled_hash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    is_clean = table.Column<bool>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_devices_devices", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "devices_secrets",
                columns: table => new
                {
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    wrapped_client_secret = table.Column<byte[]>(type: "BLOB", nullable: false),
                    wrapped_server_secret = table.Column<byte[]>(type: "BLOB", nullable: false),
                    client_nonce = table.Column<byte[]>(type: "BLOB", nullable: false),
                    server_nonce = table.Column<byte[]>(type: "BLOB", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_devices_secrets", x => x.device_id);
                });

            migrationBuilder.CreateTable(
                name: "directories_mails",
                columns: table => new
                {
                    person_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    key = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_directories_mails", x => new { x.person_id, x.number });
                });

            migrationBuilder.CreateTable(
                name: "directories_tokens",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    token_hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    created_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false),
                    last_used_at = table.Column<long>(type: "INTEGER", nullable: true),
                    revoked_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_directories_tokens", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "directories_users",
                columns: table => new
                {
                    person_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    name_key = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    external_id = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    display_key = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    is_active = table.Column<bool>(type: "INTEGER", nullable: false),
                    document = table.Column<byte[]>(type: "BLOB", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_directories_users", x => x.person_id);
                });

            migrationBuilder.CreateTable(
                name: "enrollment_choices",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    is_by_sign_in = table.Column<bool>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_enrollment_choices", x => x.tenant_id);
                });

            migrationBuilder.CreateTable(
                name: "enrollment_code_uses",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    code_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    hardware_id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    public_key_sha256 = table.Column<byte[]>(type: "BLOB", nullable: false),
                    certificate_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    wrapped_document = table.Column<byte[]>(type: "BLOB", nullable: true),
                    first_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_enrollment_code_uses", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "enrollment_codes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    person_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    code_hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    uses = table.Column<int>(type: "INTEGER", nullable: false),
                    used = table.Column<int>(type: "INTEGER", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false),
                    revoked_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_enrollment_codes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "grants_protective_actions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    duty = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    action = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    person_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    person_address = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    object_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    object_name = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    told = table.Column<int>(type: "INTEGER", nullable: false),
                    review_due_at = table.Column<long>(type: "INTEGER", nullable: false),
                    overdue_told_at = table.Column<long>(type: "INTEGER", nullable: true),
                    reviewed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    reviewed_by_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    reviewed_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    verdict = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    review = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    commented_at = table.Column<long>(type: "INTEGER", nullable: true),
                    commented_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    comment = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_grants_protective_actions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "grants_requests",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    person_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    person_name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    person_address = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    role = table.Column<string>(type: "TEXT", maxLength: 30, nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    hours = table.Column<int>(type: "INTEGER", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    requested_at = table.Column<long>(type: "INTEGER", nullable: false),
                    answered_at = table.Column<long>(type: "INTEGER", nullable: true),
                    answered_by_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    answered_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    approved_as = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    since = table.Column<long>(type: "INTEGER", nullable: true),
                    until = table.Column<long>(type: "INTEGER", nullable: true),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    ended_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    ending = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_grants_requests", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "grants_terms",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    automatic_roles = table.Column<int>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_grants_terms", x => x.tenant_id);
                });

            migrationBuilder.CreateTable(
                name: "grants_uses",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    person_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    person_address = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    duty = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    action = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    level = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    path = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    minute = table.Column<long>(type: "INTEGER", nullable: false),
                    last_at = table.Column<long>(type: "INTEGER", nullable: false),
                    times = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_grants_uses", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "groups_facts_due",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    attributes = table.Column<int>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_groups_facts_due", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "groups_groups",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 120, nullable: false),
                    is_service_owned = table.Column<bool>(type: "INTEGER", nullable: false),
                    part = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    rule = table.Column<string>(type: "TEXT", maxLength: 3072, nullable: true),
                    held_at = table.Column<long>(type: "INTEGER", nullable: true),
                    held_moves = table.Column<int>(type: "INTEGER", nullable: false),
                    moves_since = table.Column<long>(type: "INTEGER", nullable: true),
                    moves = table.Column<int>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_groups_groups", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "groups_members",
                columns: table => new
                {
                    group_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_groups_members", x => new { x.group_id, x.device_id });
                });

            migrationBuilder.CreateTable(
                name: "groups_placements",
                columns: table => new
                {
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    ring = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    is_pinned = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_moving = table.Column<bool>(type: "INTEGER", nullable: false),
                    wanted_ring = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    profile = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    ring_since = table.Column<long>(type: "INTEGER", nullable: false),
                    profile_since = table.Column<long>(type: "INTEGER", nullable: false),
                    seal = table.Column<byte[]>(type: "BLOB", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_groups_placements", x => x.device_id);
                });

            migrationBuilder.CreateTable(
                name: "groups_ring_tallies",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    test = table.Column<int>(type: "INTEGER", nullable: false),
                    first = table.Column<int>(type: "INTEGER", nullable: false),
                    fast = table.Column<int>(type: "INTEGER", nullable: false),
                    broad = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_groups_ring_tallies", x => x.tenant_id);
                });

            migrationBuilder.CreateTable(
                name: "groups_tampering",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    group_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    device_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    found_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_groups_tampering", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "identity_authenticators",
                columns: table => new
                {
                    person_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    wrapped_secret = table.Column<byte[]>(type: "BLOB", maxLength: 100, nullable: true),
                    wrapped_pending = table.Column<byte[]>(type: "BLOB", maxLength: 100, nullable: true),
                    pending_at = table.Column<long>(type: "INTEGER", nullable: true),
                    since = table.Column<long>(type: "INTEGER", nullable: true),
                    last_step = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_identity_authenticators", x => x.person_id);
                });

            migrationBuilder.CreateTable(
                name: "identity_group_members",
                columns: table => new
                {
                    group_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    member_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    is_group = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_identity_group_members", x => new { x.group_id, x.member_id });
                });

            migrationBuilder.CreateTable(
                name: "identity_groups",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 256, nullable: false),
                    name_key = table.Column<string>(type: "TEXT", maxLength: 256, nullable: false),
                    is_from_directory = table.Column<bool>(type: "INTEGER", nullable: false),
                    external_id = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    roles = table.Column<int>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_identity_groups", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "identity_logins",
                columns: table => new
                {
                    login_provider = table.Column<string>(type: "TEXT", nullable: false),
                    provider_key = table.Column<string>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    provider_display_name = table.Column<string>(type: "TEXT", nullable: true),
                    user_id = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_identity_logins", x => new { x.tenant_id, x.login_provider, x.provider_key });
                });

            migrationBuilder.CreateTable(
                name: "identity_one_time_codes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    person_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    used_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_identity_one_time_codes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "identity_passkeys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    person_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    credential_id = table.Column<byte[]>(type: "BLOB", maxLength: 1023, nullable: false),
                    public_key = table.Column<byte[]>(type: "BLOB", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    last_used_at = table.Column<long>(type: "INTEGER", nullable: true),
                    asked_at = table.Column<long>(type: "INTEGER", nullable: false),
                    sign_count = table.Column<long>(type: "INTEGER", nullable: false),
                    transports = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    is_user_verified = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_backup_eligible = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_backed_up = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_identity_passkeys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "identity_people",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    display_name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    roles = table.Column<int>(type: "INTEGER", nullable: false),
                    language = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    is_enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_from_directory = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_name_local = table.Column<bool>(type: "INTEGER", nullable: false),
                    search = table.Column<string>(type: "TEXT", maxLength: 600, nullable: false),
                    user_name = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    normalized_user_name = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    email = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    normalized_email = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    email_confirmed = table.Column<bool>(type: "INTEGER", nullable: false),
                    password_hash = table.Column<string>(type: "TEXT", nullable: true),
                    security_stamp = table.Column<string>(type: "TEXT", nullable: true),
                    concurrency_stamp = table.Column<string>(type: "TEXT", nullable: true),
                    phone_number = table.Column<string>(type: "TEXT", nullable: true),
                    phone_number_confirmed = table.Column<bool>(type: "INTEGER", nullable: false),
                    two_factor_enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    lockout_end = table.Column<long>(type: "INTEGER", nullable: true),
                    lockout_enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    access_failed_count = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_identity_people", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "identity_providers",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    issuer = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    client_id = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    wrapped_secret = table.Column<byte[]>(type: "BLOB", maxLength: 2000, nullable: true),
                    is_ours_alone = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_identity_providers", x => x.tenant_id);
                });

            migrationBuilder.CreateTable(
                name: "identity_role_assignments",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    person_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    role = table.Column<string>(type: "TEXT", maxLength: 30, nullable: false),
                    group_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    since = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_identity_role_assignments", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "identity_sessions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    person_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    stamp = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    methods = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    last_seen_at = table.Column<long>(type: "INTEGER", nullable: false),
                    confirmed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    source = table.Column<string>(type: "TEXT", maxLength: 45, nullable: false),
                    browser = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_identity_sessions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "identity_setup_links",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    token_hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false),
                    used_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_identity_setup_links", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "identity_tokens",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    login_provider = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_identity_tokens", x => new { x.user_id, x.login_provider, x.name });
                });

            migrationBuilder.CreateTable(
                name: "notices_links",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    token_hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    purpose = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    organisation_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    person_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false),
                    used_at = table.Column<long>(type: "INTEGER", nullable: true),
                    revoked_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notices_links", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "notices_mails",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    person_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    address = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    link_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    wrapped_content = table.Column<byte[]>(type: "BLOB", nullable: true),
                    state = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    message_id = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    is_doubtful = table.Column<bool>(type: "INTEGER", nullable: false),
                    queued_at = table.Column<long>(type: "INTEGER", nullable: false),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true),
                    tried_at = table.Column<long>(type: "INTEGER", nullable: true),
                    answer = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notices_mails", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "notices_opt_outs",
                columns: table => new
                {
                    person_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notices_opt_outs", x => new { x.person_id, x.kind });
                });

            migrationBuilder.CreateTable(
                name: "notices_sent",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    person_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    address = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    importance = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    is_security = table.Column<bool>(type: "INTEGER", nullable: false),
                    subject = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    search = table.Column<string>(type: "TEXT", maxLength: 640, nullable: false),
                    values = table.Column<string>(type: "TEXT", nullable: true),
                    path = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    is_in_portal = table.Column<bool>(type: "INTEGER", nullable: false),
                    read_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notices_sent", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "organisations_deletion_proofs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    organisation = table.Column<Guid>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    domain = table.Column<string>(type: "TEXT", maxLength: 253, nullable: false),
                    approved_at = table.Column<long>(type: "INTEGER", nullable: false),
                    approved_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    exported_at = table.Column<long>(type: "INTEGER", nullable: true),
                    begun_at = table.Column<long>(type: "INTEGER", nullable: false),
                    emptied_at = table.Column<long>(type: "INTEGER", nullable: true),
                    deleted_at = table.Column<long>(type: "INTEGER", nullable: true),
                    rows = table.Column<long>(type: "INTEGER", nullable: false),
                    counts = table.Column<string>(type: "TEXT", nullable: false),
                    checkpoint = table.Column<string>(type: "TEXT", nullable: true),
                    document = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_organisations_deletion_proofs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "organisations_departures",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    asked_at = table.Column<long>(type: "INTEGER", nullable: false),
                    approved_at = table.Column<long>(type: "INTEGER", nullable: true),
                    approved_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    suspended_before = table.Column<string>(type: "TEXT", maxLength: 500, nullable: true),
                    undone_at = table.Column<long>(type: "INTEGER", nullable: true),
                    exported_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_organisations_departures", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "organisations_readiness",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    key = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    result = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    text = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    value = table.Column<string>(type: "TEXT", maxLength: 300, nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_organisations_readiness", x => new { x.tenant_id, x.key });
                });

            migrationBuilder.CreateTable(
                name: "platform_data_protection_keys",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    friendly_name = table.Column<string>(type: "TEXT", nullable: true),
                    xml = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_platform_data_protection_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "platform_guesses",
                columns: table => new
                {
                    pair = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    failures = table.Column<int>(type: "INTEGER", nullable: false),
                    last_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_platform_guesses", x => x.pair);
                });

            migrationBuilder.CreateTable(
                name: "policies_compliance",
                columns: table => new
                {
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    since = table.Column<long>(type: "INTEGER", nullable: false),
                    told_at = table.Column<long>(type: "INTEGER", nullable: true),
                    is_to_be_told = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_policies_compliance", x => x.device_id);
                });

            migrationBuilder.CreateTable(
                name: "policies_compliance_faults",
                columns: table => new
                {
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    rule = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    result = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    broken_since = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_policies_compliance_faults", x => new { x.device_id, x.rule });
                });

            migrationBuilder.CreateTable(
                name: "policies_compliance_rules",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    rules = table.Column<string>(type: "TEXT", maxLength: 20000, nullable: false),
                    created_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_policies_compliance_rules", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "policies_drift_conflicts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    path = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    since = table.Column<long>(type: "INTEGER", nullable: false),
                    repairs = table.Column<int>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_policies_drift_conflicts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "policies_exception_notices",
                columns: table => new
                {
                    exception_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    anchor = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    day = table.Column<DateOnly>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_policies_exception_notices", x => new { x.exception_id, x.kind, x.anchor });
                });

            migrationBuilder.CreateTable(
                name: "policies_exceptions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    type = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    requirement = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: false),
                    proposal = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: false),
                    wanted_until = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    group_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    settings = table.Column<string>(type: "TEXT", maxLength: 20000, nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    asked_by_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    asked_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    asked_at = table.Column<long>(type: "INTEGER", nullable: false),
                    criteria = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    need = table.Column<string>(type: "TEXT", maxLength: 30, nullable: true),
                    answer = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    decided_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    decided_at = table.Column<long>(type: "INTEGER", nullable: true),
                    agreed_end = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    policy_set_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    assignment_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    revoked_on = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    revoked_days = table.Column<int>(type: "INTEGER", nullable: false),
                    revoked_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    revoke_reason = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    revoke_advice = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    service_level_lost_on = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    appeal = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    appealed_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    appealed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    appeal_answer = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    appeal_answered_at = table.Column<long>(type: "INTEGER", nullable: true),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    ending = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_policies_exceptions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "policies_imports",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    file_name = table.Column<string>(type: "TEXT", maxLength: 260, nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 260, nullable: false),
                    source_id = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    policy_set_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    accepted = table.Column<int>(type: "INTEGER", nullable: false),
                    changed = table.Column<int>(type: "INTEGER", nullable: false),
                    needs_admx = table.Column<int>(type: "INTEGER", nullable: false),
                    not_supported = table.Column<int>(type: "INTEGER", nullable: false),
                    report = table.Column<byte[]>(type: "BLOB", nullable: false),
                    lines_hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    wrapped_source = table.Column<byte[]>(type: "BLOB", nullable: true),
                    entra_tenant = table.Column<Guid>(type: "TEXT", nullable: true),
                    imported_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    imported_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_policies_imports", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "policies_templates",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    file_name = table.Column<string>(type: "TEXT", maxLength: 260, nullable: false),
                    file_key = table.Column<string>(type: "TEXT", maxLength: 260, nullable: false),
                    content = table.Column<byte[]>(type: "BLOB", nullable: false),
                    policies = table.Column<int>(type: "INTEGER", nullable: false),
                    supplied_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    supplied_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_policies_templates", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "registration_names",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    standard = table.Column<string>(type: "TEXT", maxLength: 60, nullable: true),
                    kiosk = table.Column<string>(type: "TEXT", maxLength: 60, nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_registration_names", x => x.tenant_id);
                });

            migrationBuilder.CreateTable(
                name: "registration_pcs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    serial = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    serial_key = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    manufacturer = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    model = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    has_hash = table.Column<bool>(type: "INTEGER", nullable: false),
                    assigned_user = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    profile = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    is_shared = table.Column<bool>(type: "INTEGER", nullable: false),
                    ring = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    name = table.Column<string>(type: "TEXT", maxLength: 63, nullable: true),
                    state = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    error = table.Column<string>(type: "TEXT", maxLength: 300, nullable: true),
                    line = table.Column<int>(type: "INTEGER", nullable: false),
                    column = table.Column<int>(type: "INTEGER", nullable: false),
                    registered_at = table.Column<long>(type: "INTEGER", nullable: false),
                    device_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_registration_pcs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "responsibilities_calendars",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    time_zone = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    working_days = table.Column<int>(type: "INTEGER", nullable: false),
                    valid_from = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    set_at = table.Column<long>(type: "INTEGER", nullable: false),
                    set_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_responsibilities_calendars", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "responsibilities_delegations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    duty = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    to = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    from = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    until = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    proposed_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    proposed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    agreed_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    agreed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_responsibilities_delegations", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "responsibilities_figures",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    key = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    value = table.Column<int>(type: "INTEGER", nullable: false),
                    valid_from = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    set_at = table.Column<long>(type: "INTEGER", nullable: false),
                    set_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_responsibilities_figures", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "responsibilities_holidays",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_responsibilities_holidays", x => new { x.tenant_id, x.day });
                });

            migrationBuilder.CreateTable(
                name: "responsibilities_proposals",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    key = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    value = table.Column<int>(type: "INTEGER", nullable: false),
                    from = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    proposed_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    proposed_by_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    proposed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    answered_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    answered_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_responsibilities_proposals", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sessions_commands",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    verb = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    path = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    format = table.Column<string>(type: "TEXT", maxLength: 10, nullable: true),
                    data = table.Column<string>(type: "TEXT", nullable: true),
                    state = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    status = table.Column<int>(type: "INTEGER", nullable: true),
                    result = table.Column<string>(type: "TEXT", nullable: true),
                    created_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    sent_at = table.Column<long>(type: "INTEGER", nullable: true),
                    answered_at = table.Column<long>(type: "INTEGER", nullable: true),
                    sent_in_session = table.Column<Guid>(type: "TEXT", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sessions_commands", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sessions_sessions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    device_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    session_id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    last_message_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    ending = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    last_message_id = table.Column<int>(type: "INTEGER", nullable: false),
                    commands_sent = table.Column<int>(type: "INTEGER", nullable: false),
                    commands_failed = table.Column<int>(type: "INTEGER", nullable: false),
                    login_status = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    events = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    digest_nonce = table.Column<byte[]>(type: "BLOB", maxLength: 64, nullable: true),
                    is_first_step = table.Column<bool>(type: "INTEGER", nullable: false),
                    in_flight = table.Column<byte[]>(type: "BLOB", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sessions_sessions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "tenants_clashes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    request_id = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    value = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    asked_by = table.Column<Guid>(type: "TEXT", nullable: false),
                    asked_by_name = table.Column<string>(type: "TEXT", maxLength: 320, nullable: false),
                    held_by = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tenants_clashes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "tenants_domains",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    domain = table.Column<string>(type: "TEXT", maxLength: 253, nullable: false),
                    token = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    claimed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    proven_at = table.Column<long>(type: "INTEGER", nullable: true),
                    vouched_by = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    record_seen_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tenants_domains", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "tenants_organisations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    domain = table.Column<string>(type: "TEXT", maxLength: 253, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    state_since = table.Column<long>(type: "INTEGER", nullable: true),
                    state_reason = table.Column<string>(type: "TEXT", maxLength: 500, nullable: true),
                    delete_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tenants_organisations", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_checkpoints_tenant_id_sequence_at",
                table: "audit_checkpoints",
                columns: new[] { "tenant_id", "sequence", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_tenant_id_actor_kind_at",
                table: "audit_entries",
                columns: new[] { "tenant_id", "actor_kind", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_tenant_id_at",
                table: "audit_entries",
                columns: new[] { "tenant_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_tenant_id_object_id_at",
                table: "audit_entries",
                columns: new[] { "tenant_id", "object_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_links_entry_id",
                table: "audit_links",
                column: "entry_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_certificates_authorities_tenant_id_kind",
                table: "certificates_authorities",
                columns: new[] { "tenant_id", "kind" });

            migrationBuilder.CreateIndex(
                name: "ix_certificates_issued_sha256",
                table: "certificates_issued",
                column: "sha256",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_certificates_issued_tenant_id_device_id",
                table: "certificates_issued",
                columns: new[] { "tenant_id", "device_id" });

            migrationBuilder.CreateIndex(
                name: "ix_certificates_issued_tenant_id_issued_at",
                table: "certificates_issued",
                columns: new[] { "tenant_id", "issued_at" });

            migrationBuilder.CreateIndex(
                name: "ix_certificates_issued_tenant_id_not_after",
                table: "certificates_issued",
                columns: new[] { "tenant_id", "not_after" });

            migrationBuilder.CreateIndex(
                name: "ix_contacts_confirmations_tenant_id_area_day",
                table: "contacts_confirmations",
                columns: new[] { "tenant_id", "area", "day" });

            migrationBuilder.CreateIndex(
                name: "ix_contacts_contacts_tenant_id_area",
                table: "contacts_contacts",
                columns: new[] { "tenant_id", "area" });

            migrationBuilder.CreateIndex(
                name: "ix_desired_assignment_sets_tenant_id_groups_hash",
                table: "desired_assignment_sets",
                columns: new[] { "tenant_id", "groups_hash" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_desired_assignments_tenant_id_group_id_policy_set_id",
                table: "desired_assignments",
                columns: new[] { "tenant_id", "group_id", "policy_set_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_desired_assignments_tenant_id_policy_set_version_id",
                table: "desired_assignments",
                columns: new[] { "tenant_id", "policy_set_version_id" });

            migrationBuilder.CreateIndex(
                name: "ix_desired_drifts_tenant_id_device_id_found_at",
                table: "desired_drifts",
                columns: new[] { "tenant_id", "device_id", "found_at" });

            migrationBuilder.CreateIndex(
                name: "ix_desired_drifts_tenant_id_repaired_at",
                table: "desired_drifts",
                columns: new[] { "tenant_id", "repaired_at" });

            migrationBuilder.CreateIndex(
                name: "ix_desired_open_settings_tenant_id_outcome",
                table: "desired_open_settings",
                columns: new[] { "tenant_id", "outcome" });

            migrationBuilder.CreateIndex(
                name: "ix_desired_plans_tenant_id_number",
                table: "desired_plans",
                columns: new[] { "tenant_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_desired_policy_set_versions_tenant_id_policy_set_id_number",
                table: "desired_policy_set_versions",
                columns: new[] { "tenant_id", "policy_set_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_desired_policy_sets_tenant_id_name",
                table: "desired_policy_sets",
                columns: new[] { "tenant_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_desired_policy_sets_tenant_id_shipped",
                table: "desired_policy_sets",
                columns: new[] { "tenant_id", "shipped" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_desired_progress_tenant_id_read_due_at",
                table: "desired_progress",
                columns: new[] { "tenant_id", "read_due_at" });

            migrationBuilder.CreateIndex(
                name: "ix_desired_stays_tenant_id_after",
                table: "desired_stays",
                columns: new[] { "tenant_id", "after" });

            migrationBuilder.CreateIndex(
                name: "ix_device_actions_runs_tenant_id_asked_by_id_asked_at",
                table: "device_actions_runs",
                columns: new[] { "tenant_id", "asked_by_id", "asked_at" });

            migrationBuilder.CreateIndex(
                name: "ix_device_actions_runs_tenant_id_is_single_asked_at",
                table: "device_actions_runs",
                columns: new[] { "tenant_id", "is_single", "asked_at" });

            migrationBuilder.CreateIndex(
                name: "ix_device_actions_runs_tenant_id_state",
                table: "device_actions_runs",
                columns: new[] { "tenant_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_device_actions_targets_run_id_device_id",
                table: "device_actions_targets",
                columns: new[] { "run_id", "device_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_device_actions_targets_tenant_id_run_id_state",
                table: "device_actions_targets",
                columns: new[] { "tenant_id", "run_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_devices_devices_hardware_id",
                table: "devices_devices",
                column: "hardware_id");

            migrationBuilder.CreateIndex(
                name: "ix_devices_devices_person_id",
                table: "devices_devices",
                column: "person_id");

            migrationBuilder.CreateIndex(
                name: "ix_devices_devices_tenant_id",
                table: "devices_devices",
                column: "tenant_id",
                filter: "person_id IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_devices_devices_tenant_id_hardware_hash",
                table: "devices_devices",
                columns: new[] { "tenant_id", "hardware_hash" });

            migrationBuilder.CreateIndex(
                name: "ix_devices_devices_tenant_id_hardware_id",
                table: "devices_devices",
                columns: new[] { "tenant_id", "hardware_id" });

            migrationBuilder.CreateIndex(
                name: "ix_devices_devices_tenant_id_state_assignment_set_id_settled_hash_is_clean_id",
                table: "devices_devices",
                columns: new[] { "tenant_id", "state", "assignment_set_id", "settled_hash", "is_clean", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_devices_devices_tenant_id_state_last_seen_at_id",
                table: "devices_devices",
                columns: new[] { "tenant_id", "state", "last_seen_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_devices_devices_tenant_id_state_os_build_id",
                table: "devices_devices",
                columns: new[] { "tenant_id", "state", "os_build", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_devices_devices_tenant_id_state_search_person_search_id",
                table: "devices_devices",
                columns: new[] { "tenant_id", "state", "search", "person_search", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_devices_devices_tenant_id_state_user_address_id",
                table: "devices_devices",
                columns: new[] { "tenant_id", "state", "user_address", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_devices_secrets_tenant_id",
                table: "devices_secrets",
                column: "tenant_id");

            migrationBuilder.CreateIndex(
                name: "ix_directories_mails_tenant_id_key",
                table: "directories_mails",
                columns: new[] { "tenant_id", "key" });

            migrationBuilder.CreateIndex(
                name: "ix_directories_tokens_tenant_id_created_at",
                table: "directories_tokens",
                columns: new[] { "tenant_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_directories_tokens_token_hash",
                table: "directories_tokens",
                column: "token_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_directories_users_tenant_id_changed_at",
                table: "directories_users",
                columns: new[] { "tenant_id", "changed_at" });

            migrationBuilder.CreateIndex(
                name: "ix_directories_users_tenant_id_display_key",
                table: "directories_users",
                columns: new[] { "tenant_id", "display_key" });

            migrationBuilder.CreateIndex(
                name: "ix_directories_users_tenant_id_external_id",
                table: "directories_users",
                columns: new[] { "tenant_id", "external_id" });

            migrationBuilder.CreateIndex(
                name: "ix_directories_users_tenant_id_name_key",
                table: "directories_users",
                columns: new[] { "tenant_id", "name_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_enrollment_code_uses_code_id_hardware_id",
                table: "enrollment_code_uses",
                columns: new[] { "code_id", "hardware_id" });

            migrationBuilder.CreateIndex(
                name: "ix_enrollment_code_uses_code_id_number",
                table: "enrollment_code_uses",
                columns: new[] { "code_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_enrollment_code_uses_first_at",
                table: "enrollment_code_uses",
                column: "first_at",
                filter: "wrapped_document IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_enrollment_code_uses_tenant_id",
                table: "enrollment_code_uses",
                column: "tenant_id");

            migrationBuilder.CreateIndex(
                name: "ix_enrollment_codes_code_hash",
                table: "enrollment_codes",
                column: "code_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_enrollment_codes_tenant_id_person_id",
                table: "enrollment_codes",
                columns: new[] { "tenant_id", "person_id" });

            migrationBuilder.CreateIndex(
                name: "ix_grants_protective_actions_tenant_id_reviewed_at_at",
                table: "grants_protective_actions",
                columns: new[] { "tenant_id", "reviewed_at", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_grants_requests_person_id_state",
                table: "grants_requests",
                columns: new[] { "person_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_grants_requests_tenant_id_requested_at",
                table: "grants_requests",
                columns: new[] { "tenant_id", "requested_at" });

            migrationBuilder.CreateIndex(
                name: "ix_grants_uses_tenant_id_last_at",
                table: "grants_uses",
                columns: new[] { "tenant_id", "last_at" });

            migrationBuilder.CreateIndex(
                name: "ix_grants_uses_tenant_id_person_id_minute_duty_action_level_path",
                table: "grants_uses",
                columns: new[] { "tenant_id", "person_id", "minute", "duty", "action", "level", "path" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_groups_facts_due_tenant_id_id",
                table: "groups_facts_due",
                columns: new[] { "tenant_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_groups_groups_tenant_id_kind",
                table: "groups_groups",
                columns: new[] { "tenant_id", "kind" });

            migrationBuilder.CreateIndex(
                name: "ix_groups_groups_tenant_id_name",
                table: "groups_groups",
                columns: new[] { "tenant_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_groups_members_tenant_id_device_id",
                table: "groups_members",
                columns: new[] { "tenant_id", "device_id" });

            migrationBuilder.CreateIndex(
                name: "ix_groups_placements_tenant_id",
                table: "groups_placements",
                column: "tenant_id",
                filter: "is_moving");

            migrationBuilder.CreateIndex(
                name: "ix_groups_placements_tenant_id_ring",
                table: "groups_placements",
                columns: new[] { "tenant_id", "ring" });

            migrationBuilder.CreateIndex(
                name: "ix_groups_tampering_tenant_id_found_at",
                table: "groups_tampering",
                columns: new[] { "tenant_id", "found_at" });

            migrationBuilder.CreateIndex(
                name: "ix_identity_group_members_member_id_group_id",
                table: "identity_group_members",
                columns: new[] { "member_id", "group_id" });

            migrationBuilder.CreateIndex(
                name: "ix_identity_group_members_tenant_id",
                table: "identity_group_members",
                column: "tenant_id");

            migrationBuilder.CreateIndex(
                name: "ix_identity_groups_tenant_id_external_id",
                table: "identity_groups",
                columns: new[] { "tenant_id", "external_id" });

            migrationBuilder.CreateIndex(
                name: "ix_identity_groups_tenant_id_is_from_directory_name_key",
                table: "identity_groups",
                columns: new[] { "tenant_id", "is_from_directory", "name_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_identity_one_time_codes_person_id_kind_hash",
                table: "identity_one_time_codes",
                columns: new[] { "person_id", "kind", "hash" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_identity_passkeys_credential_id",
                table: "identity_passkeys",
                column: "credential_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_identity_passkeys_person_id",
                table: "identity_passkeys",
                column: "person_id");

            migrationBuilder.CreateIndex(
                name: "ix_identity_people_normalized_user_name",
                table: "identity_people",
                column: "normalized_user_name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_identity_people_tenant_id",
                table: "identity_people",
                column: "tenant_id",
                filter: "NOT is_enabled");

            migrationBuilder.CreateIndex(
                name: "ix_identity_people_tenant_id_normalized_user_name",
                table: "identity_people",
                columns: new[] { "tenant_id", "normalized_user_name" });

            migrationBuilder.CreateIndex(
                name: "ix_identity_people_tenant_id_search_id",
                table: "identity_people",
                columns: new[] { "tenant_id", "search", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_identity_people_tenant_id1",
                table: "identity_people",
                column: "tenant_id",
                filter: "email IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_identity_role_assignments_group_id_person_id",
                table: "identity_role_assignments",
                columns: new[] { "group_id", "person_id" },
                filter: "group_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_identity_role_assignments_person_id_role_group_id",
                table: "identity_role_assignments",
                columns: new[] { "person_id", "role", "group_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_identity_role_assignments_tenant_id_role",
                table: "identity_role_assignments",
                columns: new[] { "tenant_id", "role" });

            migrationBuilder.CreateIndex(
                name: "ix_identity_sessions_last_seen_at",
                table: "identity_sessions",
                column: "last_seen_at");

            migrationBuilder.CreateIndex(
                name: "ix_identity_sessions_person_id_last_seen_at",
                table: "identity_sessions",
                columns: new[] { "person_id", "last_seen_at" });

            migrationBuilder.CreateIndex(
                name: "ix_identity_setup_links_token_hash",
                table: "identity_setup_links",
                column: "token_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_notices_links_person_id",
                table: "notices_links",
                column: "person_id");

            migrationBuilder.CreateIndex(
                name: "ix_notices_links_token_hash",
                table: "notices_links",
                column: "token_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_notices_mails_due_at",
                table: "notices_mails",
                column: "due_at",
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_notices_mails_link_id",
                table: "notices_mails",
                column: "link_id",
                filter: "link_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_notices_mails_tenant_id_state",
                table: "notices_mails",
                columns: new[] { "tenant_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_notices_sent_person_id_at",
                table: "notices_sent",
                columns: new[] { "person_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_notices_sent_tenant_id_at",
                table: "notices_sent",
                columns: new[] { "tenant_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_notices_sent_unread",
                table: "notices_sent",
                column: "person_id",
                filter: "is_in_portal AND read_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_organisations_deletion_proofs_organisation",
                table: "organisations_deletion_proofs",
                column: "organisation",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_organisations_deletion_proofs_tenant_id_begun_at",
                table: "organisations_deletion_proofs",
                columns: new[] { "tenant_id", "begun_at" });

            migrationBuilder.CreateIndex(
                name: "ix_organisations_departures_tenant_id_asked_at",
                table: "organisations_departures",
                columns: new[] { "tenant_id", "asked_at" });

            migrationBuilder.CreateIndex(
                name: "ix_platform_guesses_last_at",
                table: "platform_guesses",
                column: "last_at");

            migrationBuilder.CreateIndex(
                name: "ix_policies_compliance_tenant_id_state",
                table: "policies_compliance",
                columns: new[] { "tenant_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_policies_compliance_faults_tenant_id_result",
                table: "policies_compliance_faults",
                columns: new[] { "tenant_id", "result" });

            migrationBuilder.CreateIndex(
                name: "ix_policies_compliance_rules_tenant_id_number",
                table: "policies_compliance_rules",
                columns: new[] { "tenant_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_policies_drift_conflicts_tenant_id_ended_at",
                table: "policies_drift_conflicts",
                columns: new[] { "tenant_id", "ended_at" });

            migrationBuilder.CreateIndex(
                name: "ix_policies_exception_notices_tenant_id_exception_id",
                table: "policies_exception_notices",
                columns: new[] { "tenant_id", "exception_id" });

            migrationBuilder.CreateIndex(
                name: "ix_policies_exceptions_tenant_id_number",
                table: "policies_exceptions",
                columns: new[] { "tenant_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_policies_exceptions_tenant_id_state",
                table: "policies_exceptions",
                columns: new[] { "tenant_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_policies_imports_tenant_id_imported_at",
                table: "policies_imports",
                columns: new[] { "tenant_id", "imported_at" });

            migrationBuilder.CreateIndex(
                name: "ix_policies_imports_tenant_id_name",
                table: "policies_imports",
                columns: new[] { "tenant_id", "name" });

            migrationBuilder.CreateIndex(
                name: "ix_policies_templates_tenant_id_file_key",
                table: "policies_templates",
                columns: new[] { "tenant_id", "file_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_registration_pcs_tenant_id_serial_key",
                table: "registration_pcs",
                columns: new[] { "tenant_id", "serial_key" });

            migrationBuilder.CreateIndex(
                name: "ix_registration_pcs_tenant_id_state_id",
                table: "registration_pcs",
                columns: new[] { "tenant_id", "state", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_responsibilities_calendars_tenant_id_valid_from",
                table: "responsibilities_calendars",
                columns: new[] { "tenant_id", "valid_from" });

            migrationBuilder.CreateIndex(
                name: "ix_responsibilities_delegations_tenant_id_duty",
                table: "responsibilities_delegations",
                columns: new[] { "tenant_id", "duty" });

            migrationBuilder.CreateIndex(
                name: "ix_responsibilities_figures_tenant_id_key_valid_from",
                table: "responsibilities_figures",
                columns: new[] { "tenant_id", "key", "valid_from" });

            migrationBuilder.CreateIndex(
                name: "ix_responsibilities_proposals_tenant_id_key",
                table: "responsibilities_proposals",
                columns: new[] { "tenant_id", "key" });

            migrationBuilder.CreateIndex(
                name: "ix_sessions_commands_tenant_id_device_id_state_created_at",
                table: "sessions_commands",
                columns: new[] { "tenant_id", "device_id", "state", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_sessions_commands_tenant_id_state",
                table: "sessions_commands",
                columns: new[] { "tenant_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_sessions_sessions_tenant_id_device_id_started_at",
                table: "sessions_sessions",
                columns: new[] { "tenant_id", "device_id", "started_at" });

            migrationBuilder.CreateIndex(
                name: "ix_tenants_clashes_tenant_id_at",
                table: "tenants_clashes",
                columns: new[] { "tenant_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_tenants_clashes_tenant_id_request_id",
                table: "tenants_clashes",
                columns: new[] { "tenant_id", "request_id" });

            migrationBuilder.CreateIndex(
                name: "ix_tenants_domains_domain",
                table: "tenants_domains",
                column: "domain",
                unique: true,
                filter: "proven_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_tenants_domains_tenant_id_domain",
                table: "tenants_domains",
                columns: new[] { "tenant_id", "domain" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_tenants_organisations_domain",
                table: "tenants_organisations",
                column: "domain",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_checkpoints");

            migrationBuilder.DropTable(
                name: "audit_entries");

            migrationBuilder.DropTable(
                name: "audit_keys");

            migrationBuilder.DropTable(
                name: "audit_links");

            migrationBuilder.DropTable(
                name: "audit_unchained");

            migrationBuilder.DropTable(
                name: "certificates_authorities");

            migrationBuilder.DropTable(
                name: "certificates_issued");

            migrationBuilder.DropTable(
                name: "contacts_checkpoint_addresses");

            migrationBuilder.DropTable(
                name: "contacts_confirmations");

            migrationBuilder.DropTable(
                name: "contacts_contacts");

            migrationBuilder.DropTable(
                name: "contacts_reminders");

            migrationBuilder.DropTable(
                name: "desired_assignment_sets");

            migrationBuilder.DropTable(
                name: "desired_assignments");

            migrationBuilder.DropTable(
                name: "desired_documents");

            migrationBuilder.DropTable(
                name: "desired_drifts");

            migrationBuilder.DropTable(
                name: "desired_open_settings");

            migrationBuilder.DropTable(
                name: "desired_plans");

            migrationBuilder.DropTable(
                name: "desired_policy_set_versions");

            migrationBuilder.DropTable(
                name: "desired_policy_sets");

            migrationBuilder.DropTable(
                name: "desired_progress");

            migrationBuilder.DropTable(
                name: "desired_stays");

            migrationBuilder.DropTable(
                name: "desired_trend");

            migrationBuilder.DropTable(
                name: "device_actions_runs");

            migrationBuilder.DropTable(
                name: "device_actions_targets");

            migrationBuilder.DropTable(
                name: "devices_devices");

            migrationBuilder.DropTable(
                name: "devices_secrets");

            migrationBuilder.DropTable(
                name: "directories_mails");

            migrationBuilder.DropTable(
                name: "directories_tokens");

            migrationBuilder.DropTable(
                name: "directories_users");

            migrationBuilder.DropTable(
                name: "enrollment_choices");

            migrationBuilder.DropTable(
                name: "enrollment_code_uses");

            migrationBuilder.DropTable(
                name: "enrollment_codes");

            migrationBuilder.DropTable(
                name: "grants_protective_actions");

            migrationBuilder.DropTable(
                name: "grants_requests");

            migrationBuilder.DropTable(
                name: "grants_terms");

            migrationBuilder.DropTable(
                name: "grants_uses");

            migrationBuilder.DropTable(
                name: "groups_facts_due");

            migrationBuilder.DropTable(
                name: "groups_groups");

            migrationBuilder.DropTable(
                name: "groups_members");

            migrationBuilder.DropTable(
                name: "groups_placements");

            migrationBuilder.DropTable(
                name: "groups_ring_tallies");

            migrationBuilder.DropTable(
                name: "groups_tampering");

            migrationBuilder.DropTable(
                name: "identity_authenticators");

            migrationBuilder.DropTable(
                name: "identity_group_members");

            migrationBuilder.DropTable(
                name: "identity_groups");

            migrationBuilder.DropTable(
                name: "identity_logins");

            migrationBuilder.DropTable(
                name: "identity_one_time_codes");

            migrationBuilder.DropTable(
                name: "identity_passkeys");

            migrationBuilder.DropTable(
                name: "identity_people");

            migrationBuilder.DropTable(
                name: "identity_providers");

            migrationBuilder.DropTable(
                name: "identity_role_assignments");

            migrationBuilder.DropTable(
                name: "identity_sessions");

            migrationBuilder.DropTable(
                name: "identity_setup_links");

            migrationBuilder.DropTable(
                name: "identity_tokens");

            migrationBuilder.DropTable(
                name: "notices_links");

            migrationBuilder.DropTable(
                name: "notices_mails");

            migrationBuilder.DropTable(
                name: "notices_opt_outs");

            migrationBuilder.DropTable(
                name: "notices_sent");

            migrationBuilder.DropTable(
                name: "organisations_deletion_proofs");

            migrationBuilder.DropTable(
                name: "organisations_departures");

            migrationBuilder.DropTable(
                name: "organisations_readiness");

            migrationBuilder.DropTable(
                name: "platform_data_protection_keys");

            migrationBuilder.DropTable(
                name: "platform_guesses");

            migrationBuilder.DropTable(
                name: "policies_compliance");

            migrationBuilder.DropTable(
                name: "policies_compliance_faults");

            migrationBuilder.DropTable(
                name: "policies_compliance_rules");

            migrationBuilder.DropTable(
                name: "policies_drift_conflicts");

            migrationBuilder.DropTable(
                name: "policies_exception_notices");

            migrationBuilder.DropTable(
                name: "policies_exceptions");

            migrationBuilder.DropTable(
                name: "policies_imports");

            migrationBuilder.DropTable(
                name: "policies_templates");

            migrationBuilder.DropTable(
                name: "registration_names");

            migrationBuilder.DropTable(
                name: "registration_pcs");

            migrationBuilder.DropTable(
                name: "responsibilities_calendars");

            migrationBuilder.DropTable(
                name: "responsibilities_delegations");

            migrationBuilder.DropTable(
                name: "responsibilities_figures");

            migrationBuilder.DropTable(
                name: "responsibilities_holidays");

            migrationBuilder.DropTable(
                name: "responsibilities_proposals");

            migrationBuilder.DropTable(
                name: "sessions_commands");

            migrationBuilder.DropTable(
                name: "sessions_sessions");

            migrationBuilder.DropTable(
                name: "tenants_clashes");

            migrationBuilder.DropTable(
                name: "tenants_domains");

            migrationBuilder.DropTable(
                name: "tenants_organisations");
        }
    }
}
