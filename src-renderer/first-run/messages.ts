import { defineMessages } from '#renderer/i18n/define-messages.ts';

export const firstRunMessages = defineMessages({
  'first-run.title': { es: 'Para empezar', en: 'To begin' },
  'first-run.new.title': { es: 'Nuevo libro en este equipo', en: 'New ledger on this computer' },
  'first-run.new.text': {
    es: 'El libro guarda los registros en este equipo, sin red. Se creará aquí:',
    en: 'The ledger keeps the entries on this computer, without a network. It will be made here:',
  },
  'first-run.new.admin': {
    es: 'La primera cuenta administra el libro: importa y crea las demás cuentas.',
    en: 'The first account administers the ledger: it imports and makes the other accounts.',
  },
  'first-run.new.submit': { es: 'Crear el libro', en: 'Make the ledger' },
  'first-run.demo.title': { es: 'Ver la demostración', en: 'See the demo' },
  'first-run.demo.text': {
    es: 'Un libro aparte con registros inventados de un sistema de pozos y órdenes de trabajo: seis módulos, horario de oficina, algunas noches sospechosas. No toca el libro de este equipo; se deja cuando se quiera.',
    en: 'A ledger of its own with made-up entries from a system of wells and work orders: six modules, office hours, a few suspicious nights. It does not touch this computer’s ledger; leave it whenever you like.',
  },
  'first-run.demo.open': { es: 'Abrir la demostración', en: 'Open the demo' },
  'first-run.demo.progress': { es: '{done} de {total} registros', en: '{done} of {total} entries' },
  'first-run.demo.preparing': { es: 'Preparando…', en: 'Preparing…' },
  'first-run.cancel': { es: 'Cancelar', en: 'Cancel' },
  'first-run.login': { es: 'Usuario', en: 'User name' },
  'first-run.login.hint': {
    es: 'Letras, cifras y . _ @ + -; por ejemplo ana.ruiz',
    en: 'Letters, digits and . _ @ + -; for example ana.ruiz',
  },
  'first-run.login.wrong': {
    es: 'Solo letras, cifras y . _ @ + -, sin espacios',
    en: 'Only letters, digits and . _ @ + -, no spaces',
  },
  'first-run.name': { es: 'Nombre completo', en: 'Full name' },
  'first-run.name.wrong': { es: 'Escriba el nombre', en: 'Write the name' },
  'first-run.password': { es: 'Contraseña', en: 'Password' },
  'first-run.password.show': { es: 'Mostrar u ocultar la contraseña', en: 'Show or hide the password' },
  'first-run.password.hint': {
    es: 'Al menos 10 caracteres; una frase es lo mejor',
    en: 'At least 10 characters; a phrase is best',
  },
  'first-run.password.missing': {
    es: { one: 'Falta {count} carácter', other: 'Faltan {count} caracteres' },
    en: { one: '{count} more character', other: '{count} more characters' },
  },
  'first-run.password.good': { es: 'Longitud suficiente', en: 'Long enough' },
  'first-run.password.again': { es: 'La contraseña otra vez', en: 'The password again' },
  'first-run.password.differs': { es: 'No es igual a la primera', en: 'Not the same as the first' },
  'first-run.sign-in.title': { es: 'Iniciar sesión', en: 'Sign in' },
  'first-run.sign-in.submit': { es: 'Entrar', en: 'Sign in' },
  'first-run.sign-in.again': {
    es: 'La sesión de {name} terminó. Lo que tenía en pantalla se conserva.',
    en: 'The session of {name} has ended. What was on the screen is kept.',
  },
  'first-run.sign-in.other': { es: 'Entrar como otra persona', en: 'Sign in as someone else' },
  'first-run.sign-in.ledger': { es: 'Libro: {path}', en: 'Ledger: {path}' },
});
