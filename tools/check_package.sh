#!/bin/bash
# Builds the Debian package, installs it in a bare Debian of the host's version in a chroot, captions a photograph there
# and checks what the package has. From any Debian with debootstrap, as root.
#   tools/check_package.sh [FOLDER]
# The package lies in build/release afterwards. FOLDER (default: one in the temporary folder that is removed) keeps the
# system without the package for the next run.
set -euo pipefail
source "$(dirname "$0")/chroot.sh"
chroot_namespace "$0" "$@"
cd "$(dirname "$0")/.."

fail() {
  echo "tools/check_package.sh: $*" >&2
  exit 1
}

for tool in dpkg-shlibdeps mandoc; do
  command -v $tool >/dev/null || fail "needs $tool: apt-get install dpkg-dev mandoc"
done
tools/build.sh release saccade_program
rm -f build/release/saccade_*.deb
cpack --config build/release/CPackConfig.cmake -B build/release >/dev/null
package=$(realpath build/release/saccade_*.deb)
dpkg-deb --info "$package" | grep -E '^ (Package|Version|Depends|Recommends|Installed-Size)'
if dpkg-deb --contents "$package" | awk '{print $6}' | grep -vE '^\./usr/($|bin/|libexec/|share/)' | grep -v '^\./$'; then
  fail "the package has files outside of /usr/bin, /usr/libexec and /usr/share (see above)"
fi

if [[ -n ${1-} ]]; then
  root=$(realpath -m "$1")
else
  root=$(mktemp -d "${TMPDIR:-/tmp}/saccade-package-XXXXXX")
  # The mounts vanish with the namespace, but not before the folder is removed.
  trap 'umount -R "$root"/{proc,sys,dev/shm} 2>/dev/null; rm -rf --one-file-system "$root"' EXIT
fi
chroot_open "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root"
cp "$package" "$root/root/saccade.deb"
cp assets/cat.jpg assets/lake.jpg "$root/root/"
chroot_run 'apt-get update -q && apt-get install -q -y --no-install-recommends /root/saccade.deb' >"$root/root/log" 2>&1 || {
  tail -n 20 "$root/root/log" >&2
  fail "the package cannot be installed (see above)"
}

# As a user without any rights, since nothing may be written to /usr.
as_user='cd /tmp && setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp'
captions=$(chroot_run "cp /root/*.jpg /tmp && $as_user saccade caption cat.jpg lake.jpg")
echo "$captions"
[[ $(wc -l <<<"$captions") == 2 ]] || fail "expected two captions"
if [[ -x build/release/bin/saccade ]]; then
  [[ $captions == "$(cd assets && ../build/release/bin/saccade caption cat.jpg lake.jpg)" ]] ||
    fail "the build in this tree captions otherwise"
fi
chroot_run "$as_user saccade heatmap cat.jpg --output maps && test -s /tmp/maps/figure.png"
chroot_run "$as_user saccade doctor"
chroot_run "$as_user saccade doctor --json" | grep -q '"model":"/usr/share/saccade/models/default"' ||
  fail "the installed program does not use the installed model"

for file in doc/saccade/copyright doc/saccade/NOTICE man/man1/saccade.1 man/man1/saccade-model-inspect.1 \
  bash-completion/completions/saccade zsh/site-functions/_saccade fish/vendor_completions.d/saccade.fish; do
  [[ -s $root/usr/share/$file ]] || fail "the package lacks /usr/share/$file"
done
mandoc -T lint -W warning "$root"/usr/share/man/man1/saccade*.1 >&2 || fail "a manual page is not valid (see above)"

chroot_run 'apt-get purge -q -y saccade' >/dev/null 2>&1
if [[ -e $root/usr/share/saccade || -e $root/usr/libexec/saccade ]]; then
  fail "files are left after the package was removed"
fi
echo "The package installs, runs and can be removed: $package"
